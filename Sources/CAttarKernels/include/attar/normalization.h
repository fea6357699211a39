// Layer normalization: what forward and backward passes both need of a row.

#ifndef ATTAR_NORMALIZATION_H
#define ATTAR_NORMALIZATION_H

#include "vector.h"

/// Rows that are worked on together: their folds, divisions and roots are lanes of one.
#define ATTAR_NORM_ROWS 16

typedef struct {
    float mean[ATTAR_NORM_ROWS];
    float inverse[ATTAR_NORM_ROWS];  // 1 / sqrt(variance + epsilon)
} row_moments;

/// Lanes of 16 from `at` on; a constant where all vectors are whole.
ATTAR_INLINE int64_t norm_lanes(int whole, int64_t columns, int64_t at) {
    return whole ? 16 : lanes_left(columns, at);
}

/// The moments of `rows` rows, at most ATTAR_NORM_ROWS.
ATTAR_INLINE void moments(row_moments *out, const float *x, int64_t rows, int64_t columns, float epsilon, int whole) {
    const v16 divisor = splat16((float)columns);
    v16 part[ATTAR_NORM_ROWS];
    for (int64_t i = 0; i < ATTAR_NORM_ROWS; i++) {
        v16 sum = splat16(0);
        for (int64_t c = 0; i < rows && c < columns; c += 16)
            sum = sum + load_part16(x + i * columns + c, norm_lanes(whole, columns, c), 0);
        part[i] = sum;
    }
    store16(out->mean, fold_sums16(part) / divisor);
    for (int64_t i = 0; i < ATTAR_NORM_ROWS; i++) {
        v16 squares = splat16(0);
        for (int64_t c = 0; i < rows && c < columns; c += 16) {
            const v16 value = load_part16(x + i * columns + c, norm_lanes(whole, columns, c), out->mean[i]);
            const v16 d = value - splat16(out->mean[i]);
            squares = fma16(d, d, squares);
        }
        part[i] = squares;
    }
    const v16 variance = fold_sums16(part) / divisor;
    store16(out->inverse, splat16(1) / __builtin_elementwise_sqrt(variance + splat16(epsilon)));
}

ATTAR_INLINE v16 normalized16(v16 x, const row_moments *m, int64_t row) {
    return (x - splat16(m->mean[row])) * splat16(m->inverse[row]);
}

/// Calls function(call, row, count, whole) for all rows; `whole` says that rows are whole vectors.
#define ATTAR_BY_ROWS(rows, columns, function)                                                          \
    for (int64_t row = 0; row < (rows); row += ATTAR_NORM_ROWS) {                                       \
        const int64_t count = (rows) - row < ATTAR_NORM_ROWS ? (rows) - row : ATTAR_NORM_ROWS;          \
        if ((columns) % 16 == 0) function(call, row, count, 1);                                         \
        else function(call, row, count, 0);                                                             \
    }

#endif
