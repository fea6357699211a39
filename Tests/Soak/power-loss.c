// Copies a ledger's file beside itself whenever it has been synced, so that a trial can go back to what a disk without
// power would hold. To be loaded with LD_PRELOAD.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void keep(int file) {
    char link[64], path[4096], copy[4200], unfinished[4200];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    if (!strstr(path, ".sqlite") || strstr(path, ".durable")) return;
    snprintf(copy, sizeof copy, "%s.durable", path);
    snprintf(unfinished, sizeof unfinished, "%s.durable-part", path);
    int source = open(path, O_RDONLY), target = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    char buffer[1 << 16];
    ssize_t count;
    while (source >= 0 && target >= 0 && (count = read(source, buffer, sizeof buffer)) > 0)
        if (write(target, buffer, (size_t)count) != count) break;
    if (source >= 0) close(source);
    if (target >= 0) close(target);
    rename(unfinished, copy);
}

int fsync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(file);
    if (result == 0) keep(file);
    return result;
}

int fdatasync(int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(file);
    if (result == 0) keep(file);
    return result;
}
