#include "attar.h"

const char *attar_status_text(attar_status status) {
    switch (status) {
    case ATTAR_OK: return "no error";
    case ATTAR_BAD_ARGUMENT: return "an argument is null or out of range";
    case ATTAR_CANNOT_OPEN: return "cannot open the model file: does it exist, and may you read it?";
    case ATTAR_NOT_A_FILE: return "this is not a regular file; a model is one file, usually named model.attar";
    case ATTAR_NOT_ALIGNED: return "a model in memory must stand at a multiple of 64 bytes";
    case ATTAR_NOT_A_MODEL: return "this is not an Attar model file";
    case ATTAR_UNSUPPORTED_VERSION: return "this library does not read the version of the model file";
    case ATTAR_DAMAGED: return "the model file is damaged: its size or a checksum is wrong; copy it again";
    case ATTAR_INVALID_MODEL: return "the model file is not valid";
    case ATTAR_TOO_MUCH_MEMORY: return "a prediction of the model would need more memory than is allowed";
    case ATTAR_UNKNOWN_KERNELS: return "this processor runs no kernels of that name";
    case ATTAR_MEMORY_UNFIT: return "the memory is too small, or not at a multiple of 64 bytes";
    case ATTAR_CANNOT_RUN: return "the model's program cannot run here";
    case ATTAR_NO_CERTIFICATE: return "the model file has no certificate";
    case ATTAR_ALTERED: return "the model file is not the one that was written: its hash differs";
    case ATTAR_RESULTS_DIFFER: return "this machine computes other bits than the model's certificate says";
    default: return "an unknown status";
    }
}
