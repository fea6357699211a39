// Layer normalization: what forward and backward passes both need of a row.

#ifndef ATTAR_NORMALIZATION_H
#define ATTAR_NORMALIZATION_H

#include "vector.h"

typedef struct {
    float mean;
    float inverse;  // 1 / sqrt(variance + epsilon)
} row_moments;

/// Rows that are worked on together: the sums of one wait for each other, those of several do not.
#define ATTAR_NORM_ROWS 4

/// The moments of `rows` rows, at most ATTAR_NORM_ROWS.
ATTAR_INLINE void moments(row_moments *out, const float *x, int rows, int64_t columns, float epsilon) {
    v16 sum[ATTAR_NORM_ROWS], squares[ATTAR_NORM_ROWS];
    for (int i = 0; i < rows; i++) sum[i] = squares[i] = splat16(0);
    for (int64_t c = 0; c < columns; c += 16)
        for (int i = 0; i < rows; i++) sum[i] = sum[i] + load_part16(x + i * columns + c, lanes_left(columns, c), 0);
    for (int i = 0; i < rows; i++) out[i].mean = fold_sum16(sum[i]) / (float)columns;
    for (int64_t c = 0; c < columns; c += 16)
        for (int i = 0; i < rows; i++) {
            const float *from = x + i * columns + c;
            const v16 d = load_part16(from, lanes_left(columns, c), out[i].mean) - splat16(out[i].mean);
            squares[i] = fma16(d, d, squares[i]);
        }
    for (int i = 0; i < rows; i++) {
        const float variance = fold_sum16(squares[i]) / (float)columns;
        out[i].inverse = 1.0f / __builtin_sqrtf(variance + epsilon);
    }
}

ATTAR_INLINE v16 normalized16(v16 x, row_moments m) {
    return (x - splat16(m.mean)) * splat16(m.inverse);
}

/// Calls function(call, row, count) for all rows.
#define ATTAR_BY_ROWS(rows, function)                                                                    \
    int64_t row = 0;                                                                                     \
    for (; row + ATTAR_NORM_ROWS <= (rows); row += ATTAR_NORM_ROWS) function(call, row, ATTAR_NORM_ROWS); \
    for (; row < (rows); row++) function(call, row, 1);

#endif
