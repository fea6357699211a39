#ifndef ATTAR_CHDF5_SHIM_H
#define ATTAR_CHDF5_SHIM_H

// libhdf5's constants are macros that Swift cannot import; these functions stand for them.

#include <hdf5.h>
#include <stdio.h>

static inline hid_t attar_hdf5_default(void) { return H5P_DEFAULT; }
static inline hid_t attar_hdf5_all(void) { return H5S_ALL; }

// Types in memory (native) and in files (little-endian on every machine).
static inline hid_t attar_hdf5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t attar_hdf5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t attar_hdf5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t attar_hdf5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t attar_hdf5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t attar_hdf5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t attar_hdf5_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t attar_hdf5_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t attar_hdf5_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t attar_hdf5_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t attar_hdf5_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t attar_hdf5_file_uint64(void) { return H5T_STD_U64LE; }

/// A new variable-length UTF-8 string type; the caller closes it.
static inline hid_t attar_hdf5_new_string_type(void) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type < 0) return type;
    if (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

/// File access: the whole file lives in memory, in the earliest format, which every reader knows (and which has no
/// superblock checksum, that images of a file taken by 1.10 get wrong). Closing the file closes all that is open in it.
static inline hid_t attar_hdf5_new_memory_access(void) {
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    if (list < 0) return list;
    if (H5Pset_fapl_core(list, (size_t)1 << 22, 0) < 0
        || H5Pset_libver_bounds(list, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) < 0
        || H5Pset_fclose_degree(list, H5F_CLOSE_STRONG) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

// Callbacks that hand out one image of a file, which the caller owns, wherever the library would copy it.

static inline void *attar_hdf5_lend_image(size_t size, H5FD_file_image_op_t operation, void *image) {
    (void)size, (void)operation;
    return image;
}

static inline void *attar_hdf5_skip_copy(
    void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *image) {
    (void)size, (void)operation, (void)image;
    return to == from ? to : NULL;
}

static inline void *attar_hdf5_refuse_growth(void *old, size_t size, H5FD_file_image_op_t operation, void *image) {
    (void)old, (void)size, (void)operation, (void)image;
    return NULL;
}

static inline herr_t attar_hdf5_keep_image(void *image, H5FD_file_image_op_t operation, void *owner) {
    (void)image, (void)operation, (void)owner;
    return 0;
}

static inline void *attar_hdf5_same_owner(void *image) { return image; }

static inline herr_t attar_hdf5_keep_owner(void *image) {
    (void)image;
    return 0;
}

/// Lets a file that is only read be opened in `image`, which must outlive it, without a copy.
static inline herr_t attar_hdf5_lend_file(hid_t access, void *image, size_t size) {
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = attar_hdf5_lend_image,
        .image_memcpy = attar_hdf5_skip_copy,
        .image_realloc = attar_hdf5_refuse_growth,
        .image_free = attar_hdf5_keep_image,
        .udata_copy = attar_hdf5_same_owner,
        .udata_free = attar_hdf5_keep_owner,
        .udata = image,
    };
    herr_t status = H5Pset_file_image_callbacks(access, &callbacks);
    return status < 0 ? status : H5Pset_file_image(access, image, size);
}

/// File creation: room for a user block, no timestamps.
static inline hid_t attar_hdf5_new_file_creation(hsize_t user_block_bytes) {
    hid_t list = H5Pcreate(H5P_FILE_CREATE);
    if (list < 0) return list;
    if (H5Pset_userblock(list, user_block_bytes) < 0 || H5Pset_obj_track_times(list, 0) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

static inline hid_t attar_hdf5_new_group_creation(void) {
    hid_t list = H5Pcreate(H5P_GROUP_CREATE);
    if (list < 0) return list;
    if (H5Pset_obj_track_times(list, 0) < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

/// Dataset creation: no timestamps; with a chunk shape also shuffle, gzip and a Fletcher-32 checksum.
static inline hid_t attar_hdf5_new_dataset_creation(int rank, const hsize_t *chunk, unsigned gzip_level) {
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (list < 0) return list;
    herr_t failed = H5Pset_obj_track_times(list, 0);
    if (chunk != NULL && failed >= 0) {
        if (H5Pset_chunk(list, rank, chunk) < 0 || H5Pset_shuffle(list) < 0
            || H5Pset_deflate(list, gzip_level) < 0 || H5Pset_fletcher32(list) < 0) failed = -1;
    }
    if (failed < 0) {
        H5Pclose(list);
        return -1;
    }
    return list;
}

static inline hid_t attar_hdf5_create_file(const char *name, hid_t creation, hid_t access) {
    return H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
}

static inline hid_t attar_hdf5_open_file(const char *name, hid_t access) {
    return H5Fopen(name, H5F_ACC_RDONLY, access);
}

static inline hid_t attar_hdf5_new_scalar_space(void) { return H5Screate(H5S_SCALAR); }

static inline herr_t attar_hdf5_flush(hid_t file) { return H5Fflush(file, H5F_SCOPE_GLOBAL); }

static inline ssize_t attar_hdf5_link_name(hid_t group, hsize_t index, char *name, size_t capacity) {
    return H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, capacity, H5P_DEFAULT);
}

static inline ssize_t attar_hdf5_attribute_name(hid_t object, hsize_t index, char *name, size_t capacity) {
    return H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, capacity, H5P_DEFAULT);
}

/// Whether `type` is a variable-length string.
static inline int attar_hdf5_is_text(hid_t type) {
    return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
}

/// One word for the kind of `type`, for messages.
static inline const char *attar_hdf5_type_name(hid_t type) {
    size_t bytes = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_INTEGER: {
        int is_signed = H5Tget_sign(type) == H5T_SGN_2;
        switch (bytes) {
        case 1: return is_signed ? "int8" : "uint8";
        case 2: return is_signed ? "int16" : "uint16";
        case 4: return is_signed ? "int32" : "uint32";
        case 8: return is_signed ? "int64" : "uint64";
        default: return "integer";
        }
    }
    case H5T_FLOAT: return bytes == 4 ? "float32" : bytes == 8 ? "float64" : "float";
    case H5T_STRING: return H5Tis_variable_str(type) > 0 ? "text" : "fixed-length text";
    case H5T_COMPOUND: return "compound";
    case H5T_ENUM: return "enumeration";
    default: return "another type";
    }
}

static inline herr_t attar_hdf5_keep_message(unsigned depth, const H5E_error2_t *error, void *buffer) {
    (void)depth;
    if (error->desc != NULL && error->desc[0] != 0) snprintf((char *)buffer, 256, "%s", error->desc);
    return 0;
}

/// Writes the innermost message of the error stack into `buffer` (256 bytes) and clears the stack.
static inline void attar_hdf5_take_reason(char *buffer) {
    buffer[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, attar_hdf5_keep_message, buffer);
    H5Eclear2(H5E_DEFAULT);
}

/// Starts the library: it prints nothing by itself and loads no filter plug-ins.
static inline herr_t attar_hdf5_start(void) {
    if (H5open() < 0) return -1;
    if (H5Eset_auto2(H5E_DEFAULT, NULL, NULL) < 0) return -1;
    return H5PLset_loading_state(0);
}

#endif
