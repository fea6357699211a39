#include "attar/vector.h"
#include "attar_kernels.h"

int attar_int8_sums_are_right(const void *panels, int64_t outputs, int64_t inner) {
    const int64_t padded = ROUND_UP(outputs, 16), quads = ROUND_UP(inner, 4) / 4;
    const char *stored = (const char *)panels + 4 * padded, *codes = (const char *)panels + 8 * padded;
    v16i differences = {0};
    for (int64_t o = 0; o < padded; o += 16) {
        v16i sum = {0}, expected, quad;
        for (int64_t q = 0; q < quads; q++, codes += sizeof quad) {
            memcpy(&quad, codes, sizeof quad);
            sum += (quad << 24 >> 24) + (quad << 16 >> 24) + (quad << 8 >> 24) + (quad >> 24);
        }
        memcpy(&expected, stored + 4 * o, sizeof expected);
        differences |= sum ^ expected;
    }
    return __builtin_reduce_or(differences) == 0;
}
