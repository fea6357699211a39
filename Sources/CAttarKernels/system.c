#include "attar_system.h"

#if defined(__linux__) || defined(__APPLE__)
#define ATTAR_HOSTED
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#if defined(ATTAR_HOSTED)

static attar_file_result map_open_file(int descriptor, attar_mapped_file *file) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        file->code = errno;
        return ATTAR_FILE_CANNOT_OPEN;
    }
    if (!S_ISREG(status.st_mode)) return ATTAR_FILE_NOT_REGULAR;
    // A file that memory cannot address on this machine.
    if ((unsigned long long)status.st_size > (size_t)-1 / 2) {
        file->code = EFBIG;
        return ATTAR_FILE_CANNOT_OPEN;
    }
    file->size = (size_t)status.st_size;
    if (file->size == 0) return ATTAR_FILE_MAPPED;
    file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (file->bytes != MAP_FAILED) return ATTAR_FILE_MAPPED;
    *file = (attar_mapped_file){.code = errno};
    return ATTAR_FILE_CANNOT_OPEN;
}

attar_file_result attar_map_file(const char *path, attar_mapped_file *file) {
    *file = (attar_mapped_file){0};
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        file->code = errno;
        return ATTAR_FILE_CANNOT_OPEN;
    }
    const attar_file_result result = map_open_file(descriptor, file);
    close(descriptor);
    return result;
}

void attar_unmap_file(attar_mapped_file *file) {
    if (file->bytes) munmap(file->bytes, file->size);
    *file = (attar_mapped_file){0};
}

const char *attar_environment(const char *name) {
    return getenv(name);
}

// MARK: Threads

typedef struct {
    size_t count, grain;
    size_t next;  // the first that no worker has taken
    void (*body)(void *context, int worker, size_t from, size_t to);
    void *context;
} shared_work;

typedef struct {
    shared_work *work;
    pthread_t thread;
    int worker;
} work_thread;

static void *do_parts(void *argument) {
    const work_thread *self = argument;
    shared_work *work = self->work;
    for (;;) {
        const size_t from = __atomic_fetch_add(&work->next, work->grain, __ATOMIC_RELAXED);
        if (from >= work->count) return NULL;
        const size_t left = work->count - from;
        work->body(work->context, self->worker, from, from + (left < work->grain ? left : work->grain));
    }
}

/// Threads that one call may start; their handles stand on the stack.
#define MOST_WORKERS 256

void attar_for_each(
    size_t count, size_t grain, int workers, void (*body)(void *context, int worker, size_t from, size_t to),
    void *context) {
    shared_work work = {.count = count, .grain = grain, .body = body, .context = context};
    work_thread threads[MOST_WORKERS];
    if (workers > MOST_WORKERS) workers = MOST_WORKERS;
    int started = 1;
    for (; started < workers && (size_t)started * grain < count; started++) {
        threads[started] = (work_thread){.work = &work, .worker = started};
        if (pthread_create(&threads[started].thread, NULL, do_parts, &threads[started]) != 0) break;
    }
    threads[0] = (work_thread){.work = &work, .worker = 0};
    do_parts(&threads[0]);
    for (int i = 1; i < started; i++) pthread_join(threads[i].thread, NULL);
}

#else

attar_file_result attar_map_file(const char *path, attar_mapped_file *file) {
    (void)path;
    *file = (attar_mapped_file){0};
    return ATTAR_FILE_CANNOT_OPEN;
}

void attar_unmap_file(attar_mapped_file *file) {
    *file = (attar_mapped_file){0};
}

const char *attar_environment(const char *name) {
    (void)name;
    return NULL;
}

void attar_for_each(
    size_t count, size_t grain, int workers, void (*body)(void *context, int worker, size_t from, size_t to),
    void *context) {
    (void)workers;
    for (size_t from = 0; from < count; from += grain)
        body(context, 0, from, count - from < grain ? count : from + grain);
}

#endif
