// Sixteen float lanes on any instruction set: the wrappers on which every kernel is written once.
//
// The compiler turns one 64-byte vector into one zmm, two ymm or four q registers; without hardware FMA it calls fmaf,
// which is exact too. Contraction is off: a multiply and an add fuse only where `fma16` says so.

#ifndef ATTAR_VECTOR_H
#define ATTAR_VECTOR_H

#include <stdint.h>
#include <string.h>

#if defined(ATTAR_AVX512)
#include <immintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF
// Everything that takes or gives vectors is inlined, so no calling convention is at stake.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t v16i __attribute__((vector_size(64)));
typedef uint32_t v16u __attribute__((vector_size(64)));
typedef int8_t v16b __attribute__((vector_size(16)));

#define ATTAR_INLINE static inline __attribute__((always_inline, unused))
#define ROUND_UP(x, to) (((x) + (to)-1) / (to) * (to))

ATTAR_INLINE v16 splat16(float x) {
    return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

ATTAR_INLINE v16 load16(const float *from) {
    v16 x;
    memcpy(&x, from, sizeof x);
    return x;
}

ATTAR_INLINE void store16(float *to, v16 x) {
    memcpy(to, &x, sizeof x);
}

/// The first `count` lanes, 1...16, from memory, `fill` in the others; nothing beyond is touched.
ATTAR_INLINE v16 load_part16(const float *from, int64_t count, float fill) {
#if defined(ATTAR_AVX512)
    return (v16)_mm512_mask_loadu_ps((__m512)splat16(fill), (__mmask16)((1u << count) - 1), from);
#else
    if (count == 16) return load16(from);
    v16 x = splat16(fill);
    memcpy(&x, from, (size_t)count * sizeof(float));
    return x;
#endif
}

ATTAR_INLINE void store_part16(float *to, v16 x, int64_t count) {
#if defined(ATTAR_AVX512)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)x);
#else
    if (count == 16) store16(to, x);
    else memcpy(to, &x, (size_t)count * sizeof(float));
#endif
}

ATTAR_INLINE v16 fma16(v16 a, v16 b, v16 c) {
    return __builtin_elementwise_fma(a, b, c);
}

ATTAR_INLINE v16 select16(v16i mask, v16 yes, v16 no) {
    return (v16)((mask & (v16i)yes) | (~mask & (v16i)no));
}

ATTAR_INLINE v16 max16(v16 a, v16 b) {
    return select16(a > b, a, b);
}

ATTAR_INLINE int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/// Lanes of 16 that are left of `count` from `at` on.
ATTAR_INLINE int64_t lanes_left(int64_t count, int64_t at) {
    return count - at < 16 ? count - at : 16;
}

ATTAR_INLINE v16 from_bytes16(const int8_t *from) {
    v16b x;
    memcpy(&x, from, sizeof x);
    return __builtin_convertvector(x, v16);
}

/// Adds the lanes in one fixed order: i with i+8, then i+4, i+2, i+1.
ATTAR_INLINE float fold_sum16(v16 x) {
    x = x + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
    x = x + __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    x = x + __builtin_shufflevector(x, x, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return x[0] + x[1];
}

ATTAR_INLINE float fold_max16(v16 x) {
    x = max16(x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0));
    x = max16(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    x = max16(x, __builtin_shufflevector(x, x, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    return x[0] > x[1] ? x[0] : x[1];
}

/// Turns a block of 16 rows of 16 lanes: lane j of row i becomes lane i of row j.
ATTAR_INLINE void transpose16(v16 row[16]) {
#define ATTAR_EXCHANGE(half)                                                        \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) {                    \
        if (i & half) continue;                                                          \
        const v16 a = row[i], b = row[i + half];                                         \
        row[i] = __builtin_shufflevector(a, b, ATTAR_FIRST_##half);                      \
        row[i + half] = __builtin_shufflevector(a, b, ATTAR_SECOND_##half);              \
    }
#define ATTAR_FIRST_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define ATTAR_SECOND_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define ATTAR_FIRST_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define ATTAR_SECOND_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define ATTAR_FIRST_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define ATTAR_SECOND_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define ATTAR_FIRST_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define ATTAR_SECOND_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
    ATTAR_EXCHANGE(8)
    ATTAR_EXCHANGE(4)
    ATTAR_EXCHANGE(2)
    ATTAR_EXCHANGE(1)
#undef ATTAR_EXCHANGE
}

#endif
