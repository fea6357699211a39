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

#endif

// The functions below are compiled once per instruction set, inside its target pragma; so they stand outside the guard.

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

/// e^x with a relative error below 1e-7: x = n ln 2 + r, a polynomial of degree 6 in r, n added to the exponent. The
/// polynomial is 1 + r + r^2 q(r), q fitted for the least largest relative error on |r| <= ln 2 / 2 (4e-9 by itself).
/// Arguments are held to [-87, 88], so results are normal numbers.
ATTAR_INLINE v16 exp16(v16 x) {
    x = select16(x > splat16(-87.0f), x, splat16(-87.0f));
    x = select16(x < splat16(88.0f), x, splat16(88.0f));
    // Adding 1.5 * 2^23 rounds to an integer, ties to even.
    const v16 magic = splat16(12582912.0f);
    v16 n = fma16(x, splat16(1.44269504088896341f), magic) - magic;
    v16 r = fma16(n, splat16(-0.693359375f), x);
    r = fma16(n, splat16(2.12194440e-4f), r);
    v16 p = splat16(1.3814593e-3f);
    p = fma16(p, r, splat16(8.368719e-3f));
    p = fma16(p, r, splat16(4.166839e-2f));
    p = fma16(p, r, splat16(1.6666521e-1f));
    p = fma16(p, r, splat16(4.9999994e-1f));
    p = fma16(p, r, splat16(1.0f));
    p = fma16(p, r, splat16(1.0f));
    v16i exponent = __builtin_convertvector(n, v16i) << 23;
    return (v16)((v16i)p + exponent);
}

/// The largest of `count` values, or `start` if it is larger.
ATTAR_INLINE float row_max(const float *row, int64_t count, float start) {
    v16 best = splat16(start);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) best = max16(load16(row + i), best);
    if (i < count) best = max16(load_part16(row + i, count - i, start), best);
    return fold_max16(best);
}

/// Writes e^((x - largest) * inverse) for a row and gives the sum.
ATTAR_INLINE float row_exp_sum(float *out, const float *row, int64_t count, float largest, float inverse) {
    v16 sum = splat16(0), shift = splat16(largest), factor = splat16(inverse);
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        v16 e = exp16((load16(row + i) - shift) * factor);
        store16(out + i, e);
        sum = sum + e;
    }
    if (i < count) {
        v16 e = exp16((load_part16(row + i, count - i, largest) - shift) * factor);
        store_part16(out + i, e, count - i);
        sum = sum + load_part16(out + i, count - i, 0);
    }
    return fold_sum16(sum);
}
