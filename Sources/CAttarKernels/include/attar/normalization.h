// Layer normalization: what forward and backward passes both need of a row.

#ifndef ATTAR_NORMALIZATION_H
#define ATTAR_NORMALIZATION_H

#include "vector.h"

typedef struct {
    float mean;
    float inverse;  // 1 / sqrt(variance + epsilon)
} row_moments;

ATTAR_INLINE row_moments moments(const float *x, int64_t columns, float epsilon) {
    v16 sum = splat16(0);
    for (int64_t c = 0; c < columns; c += 16) sum = sum + load_part16(x + c, lanes_left(columns, c), 0);
    const float mean = fold_sum16(sum) / (float)columns;
    v16 squares = splat16(0);
    for (int64_t c = 0; c < columns; c += 16) {
        const v16 d = load_part16(x + c, lanes_left(columns, c), mean) - splat16(mean);
        squares = fma16(d, d, squares);
    }
    const float variance = fold_sum16(squares) / (float)columns;
    return (row_moments){mean, 1.0f / __builtin_sqrtf(variance + epsilon)};
}

ATTAR_INLINE v16 normalized16(v16 x, row_moments m) {
    return (x - splat16(m.mean)) * splat16(m.inverse);
}

#endif
