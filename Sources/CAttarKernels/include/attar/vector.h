// Sixteen float lanes on any instruction set: the wrappers on which every kernel is written once.
//
// The compiler turns one 64-byte vector into one zmm, two ymm or four q registers; without hardware FMA it calls fmaf,
// which is exact too. Contraction is off: a multiply and an add fuse only where `fma16` says so.

#ifndef ATTAR_VECTOR_H
#define ATTAR_VECTOR_H

#include <stdint.h>
#include <string.h>

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

/// The first `count` lanes from memory, `fill` in the others.
ATTAR_INLINE v16 load_part16(const float *from, int64_t count, float fill) {
    v16 x = splat16(fill);
    memcpy(&x, from, (size_t)count * sizeof(float));
    return x;
}

ATTAR_INLINE void store_part16(float *to, v16 x, int64_t count) {
    memcpy(to, &x, (size_t)count * sizeof(float));
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
    float lane[16];
    memcpy(lane, &x, sizeof x);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] = lane[i] + lane[i + half];
    return lane[0];
}

ATTAR_INLINE float fold_max16(v16 x) {
    float lane[16];
    memcpy(lane, &x, sizeof x);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
}

#endif
