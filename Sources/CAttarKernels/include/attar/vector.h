// Sixteen float lanes on any instruction set: the wrappers on which every kernel is written once.
//
// The compiler turns one 64-byte vector into one zmm, two ymm or four q registers; without hardware FMA doubles stand
// in, exactly. Contraction is off: a multiply and an add fuse only where `fma16` says so.

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
// Where vectors are short or missing, sixteen lanes are many instructions: there one copy serves all callers, and loops
// over rows stay loops.
#if defined(ATTAR_PORTABLE)
#define ATTAR_SHARED static __attribute__((noinline, unused))
#define ATTAR_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define ATTAR_SHARED ATTAR_INLINE
#define ATTAR_UNROLL _Pragma("clang loop unroll(full)")
#endif
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
ATTAR_SHARED v16 load_part16(const float *from, int64_t count, float fill) {
#if defined(ATTAR_AVX512)
    return (v16)_mm512_mask_loadu_ps((__m512)splat16(fill), (__mmask16)((1u << count) - 1), from);
#else
    if (count == 16) return load16(from);
    v16 x = splat16(fill);
    memcpy(&x, from, (size_t)count * sizeof(float));
    return x;
#endif
}

ATTAR_SHARED void store_part16(float *to, v16 x, int64_t count) {
#if defined(ATTAR_AVX512)
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)x);
#else
    if (count == 16) store16(to, x);
    else memcpy(to, &x, (size_t)count * sizeof(float));
#endif
}

#if defined(ATTAR_PORTABLE) && !defined(__FMA__) && !defined(__ARM_FEATURE_FMA)
typedef float v4 __attribute__((vector_size(16)));
typedef double v4d __attribute__((vector_size(32)));
typedef int64_t v4l __attribute__((vector_size(32)));

/// sum += a * b, rounded once. The product of two floats is exact in double; its sum with a third is rounded to the odd
/// neighbour wherever it is not exact, and from there to float as if it had been (Boldo and Melquiond 2008). One copy
/// for all callers: inlined it would be most of the code.
__attribute__((noinline, unused)) static void exact_fma16(v16 *sum, const v16 *a, const v16 *b) {
#pragma clang loop unroll(disable)
    for (int i = 0; i < 16; i += 4) {
        v4 x, y, z;
        memcpy(&x, (const float *)a + i, sizeof x);
        memcpy(&y, (const float *)b + i, sizeof y);
        memcpy(&z, (const float *)sum + i, sizeof z);
        const v4d product = __builtin_convertvector(x, v4d) * __builtin_convertvector(y, v4d);
        const v4d addend = __builtin_convertvector(z, v4d), rounded = product + addend;
        // What rounding took away, exactly; NaN where the sum is not finite, so that nothing is done there.
        const v4d part = rounded - product, rest = (product - (rounded - part)) + (addend - part);
        const v4l inexact = (rest > 0) | (rest < 0), even = ((v4l)rounded & 1) - 1;
        const v4l away = (rest > 0) == (rounded > 0);
        const v4l step = (away & 1) - (~away & 1);
        z = __builtin_convertvector((v4d)((v4l)rounded + (inexact & even & step)), v4);
        memcpy((float *)sum + i, &z, sizeof z);
    }
}

ATTAR_INLINE v16 fma16(v16 a, v16 b, v16 c) {
    exact_fma16(&c, &a, &b);
    return c;
}
#else
ATTAR_INLINE v16 fma16(v16 a, v16 b, v16 c) {
    return __builtin_elementwise_fma(a, b, c);
}
#endif

ATTAR_INLINE v16 select16(v16i mask, v16 yes, v16 no) {
    return (v16)((mask & (v16i)yes) | (~mask & (v16i)no));
}

ATTAR_INLINE v16 max16(v16 a, v16 b) {
    return select16(a > b, a, b);
}

/// The first `count` lanes of x, `fill` in the others.
ATTAR_SHARED v16 keep_part16(v16 x, int64_t count, float fill) {
#if defined(ATTAR_AVX512)
    return (v16)_mm512_mask_mov_ps((__m512)splat16(fill), (__mmask16)((1u << count) - 1), (__m512)x);
#else
    const v16i lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return select16(lane < (v16i){0} + (int32_t)count, x, splat16(fill));
#endif
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
ATTAR_SHARED float fold_sum16(v16 x) {
    x = x + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
    x = x + __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    x = x + __builtin_shufflevector(x, x, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return x[0] + x[1];
}

ATTAR_SHARED float fold_max16(v16 x) {
    x = max16(x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0));
    x = max16(x, __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    x = max16(x, __builtin_shufflevector(x, x, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    return x[0] > x[1] ? x[0] : x[1];
}

ATTAR_INLINE v16 fold_rows(v16 row[16], int for_largest) {
#define ATTAR_FOLD(distance, count)                                                                \
    ATTAR_UNROLL for (int i = 0; i < count; i++) {                                                 \
        const v16 a = row[2 * i], b = row[2 * i + 1];                                              \
        const v16 first = __builtin_shufflevector(a, b, ATTAR_NEAR_##distance);                    \
        const v16 second = __builtin_shufflevector(a, b, ATTAR_FAR_##distance);                    \
        row[i] = for_largest ? max16(first, second) : first + second;                              \
    }
#define ATTAR_NEAR_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define ATTAR_FAR_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define ATTAR_NEAR_4 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27
#define ATTAR_FAR_4 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31
#define ATTAR_NEAR_2 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29
#define ATTAR_FAR_2 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31
#define ATTAR_NEAR_1 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ATTAR_FAR_1 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
    ATTAR_FOLD(8, 8)
    ATTAR_FOLD(4, 4)
    ATTAR_FOLD(2, 2)
    ATTAR_FOLD(1, 1)
#undef ATTAR_FOLD
    return row[0];
}

/// Lane i is fold_sum16 of row i, to the bit: sixteen folds that do not wait for each other. `row` is used up.
ATTAR_SHARED v16 fold_sums16(v16 row[16]) {
    return fold_rows(row, 0);
}

/// Lane i is fold_max16 of row i.
ATTAR_SHARED v16 fold_maxima16(v16 row[16]) {
    return fold_rows(row, 1);
}

/// Turns a block of 16 rows of 16 lanes: lane j of row i becomes lane i of row j.
ATTAR_SHARED void transpose16(v16 row[16]) {
#define ATTAR_EXCHANGE(half)                                                        \
    ATTAR_UNROLL for (int i = 0; i < 16; i++) {                                          \
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
