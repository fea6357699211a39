// Functions of sixteen lanes and of rows: exponential, normal distribution, softmax's sums.

#ifndef ATTAR_FUNCTIONS_H
#define ATTAR_FUNCTIONS_H

#include "vector.h"

/// e^x with a relative error below 1e-7: x = n ln 2 + r, a polynomial of degree 6 in r, n added to the exponent. The
/// polynomial is 1 + r + r^2 q(r), q fitted for the least largest relative error on |r| <= ln 2 / 2 (4e-9 by itself).
/// Arguments are held to [-87, 88], so results are normal numbers.
ATTAR_SHARED v16 exp16(v16 x) {
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

/// The normal distribution's function: 1/2 + x p(x^2) / q(x^2) up to |x| = 5.2, where it reaches 0 or 1. The
/// polynomials, of degree 4 and 5, are fitted for the least largest error (6e-8 by itself); in float it is within
/// 2.5e-7.
ATTAR_SHARED v16 normal_below16(v16 x) {
    const v16 most = splat16(27.04f), half = splat16(0.5f);
    v16 u = x * x;
    u = select16(u < most, u, most);
    v16 p = splat16(5.84071324e-6f), q = splat16(5.01906691e-7f);
    p = fma16(p, u, splat16(3.14268007e-4f));
    q = fma16(q, u, splat16(1.12742588e-4f));
    p = fma16(p, u, splat16(5.51876112e-3f));
    q = fma16(q, u, splat16(2.70377327e-3f));
    p = fma16(p, u, splat16(4.95938716e-2f));
    q = fma16(q, u, splat16(3.73400747e-2f));
    p = fma16(p, u, splat16(3.98941917e-1f));
    q = fma16(q, u, splat16(2.90974166e-1f));
    q = fma16(q, u, splat16(1.0f));
    v16 above = x * p / q;
    above = select16(above < half, above, half);
    above = select16(above > -half, above, -half);
    return above + half;
}

ATTAR_INLINE v16 gelu16(v16 x) {
    return x * normal_below16(x);
}

/// GELU and its derivative.
typedef struct {
    v16 value, slope;
} gelu_slope16;

ATTAR_INLINE gelu_slope16 gelu_with_slope16(v16 x) {
    const v16 below = normal_below16(x), density = splat16(0.398942280f) * exp16(x * x * splat16(-0.5f));
    return (gelu_slope16){x * below, fma16(x, density, below)};
}

#endif
