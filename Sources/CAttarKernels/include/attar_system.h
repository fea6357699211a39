// The few things that the runtime asks of an operating system. Without one (a microcontroller, WebAssembly) there are
// no files and no environment, and work is done by the caller alone.

#ifndef ATTAR_SYSTEM_H
#define ATTAR_SYSTEM_H

#include <stddef.h>

/// Why a file could not be mapped.
typedef enum { ATTAR_FILE_MAPPED = 0, ATTAR_FILE_CANNOT_OPEN, ATTAR_FILE_NOT_REGULAR } attar_file_result;

/// A file in memory, or the system's error code where it could not be opened. An empty file has no address.
typedef struct {
    void *bytes;
    size_t size;
    int code;
} attar_mapped_file;

/// Maps a regular file for reading; waits for nothing, not even for the other end of a pipe.
attar_file_result attar_map_file(const char *path, attar_mapped_file *file);
void attar_unmap_file(attar_mapped_file *file);

/// A variable of the environment; null where there is none.
const char *attar_environment(const char *name);

/// Calls body(context, worker, from, to) for parts of 0..<count of at most `grain`, on `workers` threads, the caller's
/// among them. `worker` is below `workers`, and no two calls have the same one at a time. Where the system gives no
/// more threads, fewer do the work.
void attar_for_each(
    size_t count, size_t grain, int workers, void (*body)(void *context, int worker, size_t from, size_t to),
    void *context);

#endif
