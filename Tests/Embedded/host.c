// answers MODEL [KERNELS]

#include <stdio.h>
#include <stdlib.h>

#include "answers.h"

static void write_line(const char *line) { puts(line); }

int main(int count, char **arguments) {
    FILE *file = count > 1 ? fopen(arguments[1], "rb") : NULL;
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    void *bytes = aligned_alloc(64, ((size_t)size + 63) / 64 * 64);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size) return 2;
    fclose(file);
    const int status = write_answers(bytes, (size_t)size, count > 2 ? arguments[2] : NULL, write_line);
    free(bytes);
    return status;
}
