#include "attar_peak.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

/// Defines a loop over `SUMS` accumulators of `LANES` floats: more than latency times units, few enough to stay in
/// registers beside their operands.
#define PEAK_LOOP(NAME, LANES, SUMS)                                                             \
    typedef float NAME##_vector __attribute__((vector_size(LANES * sizeof(float))));             \
    static double NAME(int64_t rounds, const float *operands, float *sum) {                      \
        NAME##_vector x[2], w[2], y[SUMS];                                                       \
        memcpy(x, operands, sizeof x);                                                           \
        memcpy(w, operands + 2 * LANES, sizeof w);                                               \
        memcpy(y, operands + 4 * LANES, sizeof y);                                               \
        for (int64_t round = 0; round < rounds; round++) {                                       \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {                  \
                y[i] = __builtin_elementwise_fma(x[i & 1], w[i >> 1 & 1], y[i]);                 \
            }                                                                                    \
        }                                                                                        \
        *sum = 0;                                                                                \
        for (int i = 0; i < SUMS; i++)                                                           \
            for (int lane = 0; lane < LANES; lane++) *sum += y[i][lane];                         \
        return 2.0 * LANES * SUMS * (double)rounds;                                              \
    }

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
PEAK_LOOP(peak_avx512, 16, 12)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
PEAK_LOOP(peak_avx2, 8, 10)
#pragma clang attribute pop
#elif defined(__aarch64__)
PEAK_LOOP(peak_neon, 4, 16)
#endif
PEAK_LOOP(peak_scalar, 1, 8)

double attar_peak_run(int64_t rounds, const float operands[ATTAR_PEAK_OPERANDS], float *sum) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return peak_avx512(rounds, operands, sum);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_avx2(rounds, operands, sum);
#elif defined(__aarch64__)
    return peak_neon(rounds, operands, sum);
#endif
    return peak_scalar(rounds, operands, sum);
}
