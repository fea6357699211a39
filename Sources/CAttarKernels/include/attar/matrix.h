// Products of matrices: a register tile over strided operands, and its blocks for the caches.
//
// An element of a result is one FMA chain in ascending steps whatever the blocks are: sums are stored and loaded again
// between blocks of steps. Each instruction set defines the tile that fits its registers: ATTAR_TILE_ROWS, and
// ATTAR_TILE_SUMS vectors of sums in all.

#ifndef ATTAR_MATRIX_H
#define ATTAR_MATRIX_H

#include "vector.h"

/// c[i][j] = sum over s of a[i][s] * b[s][j]; columns j are lanes, in panels of 16. Strides are in elements.
typedef struct {
    const float *a;
    int64_t a_row, a_step;
    const float *b;
    int64_t b_panel, b_step;
    float *c;
    int64_t c_row, c_panel;
    int64_t c_ahead;  // from a tile's part of c to the next one's, which comes closer meanwhile; 0 where caches hold c
    int64_t steps;
    int resumes;  // the chains go on from what c holds
    const float *bias;  // added to finished sums, one a column; or null
} product_view;

/// Panels of a tile of so many rows.
#define ATTAR_TILE_PANELS(rows) (ATTAR_TILE_SUMS / (rows) < 4 ? ATTAR_TILE_SUMS / (rows) : 4)

/// `lanes` is 16, or fewer for one panel that ends early.
ATTAR_INLINE void product_tile(
    const product_view *v, int rows, int panels, int64_t row, int64_t panel, int64_t lanes) {
    v16 sum[ATTAR_TILE_SUMS > 4 ? ATTAR_TILE_SUMS : 4];
    // Where the i-th vector of sums is stored.
#define C_OF(i) (c + (i) / panels * v->c_row + (i) % panels * v->c_panel)
    float *c = v->c + row * v->c_row + panel * v->c_panel;
    const float *a = v->a + row * v->a_row;
    const float *b = v->b + panel * v->b_panel;
    if (v->resumes) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows * panels; i++) sum[i] = load_part16(C_OF(i), lanes, 0);
    } else {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows * panels; i++) sum[i] = splat16(0);
    }
    if (v->c_ahead) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows * panels; i++) __builtin_prefetch(C_OF(i) + v->c_ahead, 1);
    }
    const float *ahead = b + panels * v->b_panel;
    for (int64_t s = 0; s < v->steps; s++) {
        v16 lane[4];
        // The next tile's panels come closer, in case they are the weights of a model that no cache holds; a few rows
        // have no time to spare for that.
        if (rows >= 4) {
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++) __builtin_prefetch(ahead + p * v->b_panel + s * v->b_step, 0, 1);
        }
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) lane[p] = load_part16(b + p * v->b_panel + s * v->b_step, lanes, 0);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const v16 x = splat16(a[r * v->a_row + s * v->a_step]);
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++) sum[r * panels + p] = fma16(x, lane[p], sum[r * panels + p]);
        }
    }
    if (v->bias) {
        v16 bias[4];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) bias[p] = load_part16(v->bias + (panel + p) * 16, lanes, 0);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows * panels; i++) sum[i] = sum[i] + bias[i % panels];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) store_part16(C_OF(i), sum[i], lanes);
#undef C_OF
}

/// All columns of a few rows.
ATTAR_INLINE void product_columns(const product_view *v, int rows, int64_t row, int64_t columns) {
    int64_t panel = 0;
    for (; (panel + ATTAR_TILE_PANELS(rows)) * 16 <= columns; panel += ATTAR_TILE_PANELS(rows))
        product_tile(v, rows, ATTAR_TILE_PANELS(rows), row, panel, 16);
    if (ATTAR_TILE_PANELS(rows) > 2 && (panel + 2) * 16 <= columns) {
        product_tile(v, rows, 2, row, panel, 16);
        panel += 2;
    }
#if !defined(ATTAR_SMALL)
    for (; (panel + 1) * 16 <= columns; panel++) product_tile(v, rows, 1, row, panel, 16);
#endif
    for (; panel * 16 < columns; panel++) product_tile(v, rows, 1, row, panel, lanes_left(columns, panel * 16));
}

#if defined(ATTAR_SMALL)
/// At most ATTAR_TILE_ROWS rows, by tiles of a few sizes.
__attribute__((noinline, unused)) static void product_rows(
    const product_view *v, int64_t rows, int64_t row, int64_t columns) {
    for (int64_t done; rows > 0; rows -= done, row += done) {
        done = rows >= 8 ? 8 : rows >= 6 && ATTAR_TILE_ROWS == 6 ? 6 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
        switch (done) {
#if ATTAR_TILE_ROWS >= 8
        case 8: product_columns(v, 8, row, columns); break;
#elif ATTAR_TILE_ROWS >= 6
        case 6: product_columns(v, 6, row, columns); break;
#endif
#if ATTAR_TILE_ROWS >= 4
        case 4: product_columns(v, 4, row, columns); break;
#endif
        case 2: product_columns(v, 2, row, columns); break;
        default: product_columns(v, 1, row, columns); break;
        }
    }
}
/// Small builds have no copies of it.
#define product_rows_inlined product_rows
#else
/// At most ATTAR_TILE_ROWS rows. Strides that the caller knows become part of the code.
ATTAR_INLINE void product_rows_inlined(const product_view *v, int64_t rows, int64_t row, int64_t columns) {
    switch (rows) {
#if ATTAR_TILE_ROWS >= 8
    case 8: product_columns(v, 8, row, columns); break;
    case 7: product_columns(v, 7, row, columns); break;
#endif
#if ATTAR_TILE_ROWS >= 6
    case 6: product_columns(v, 6, row, columns); break;
    case 5: product_columns(v, 5, row, columns); break;
#endif
#if ATTAR_TILE_ROWS >= 4
    case 4: product_columns(v, 4, row, columns); break;
    case 3: product_columns(v, 3, row, columns); break;
#endif
    case 2: product_columns(v, 2, row, columns); break;
    case 1: product_columns(v, 1, row, columns); break;
    default: break;
    }
}

/// The same as one function for all products of an instruction set: it is large.
__attribute__((noinline, unused)) static void product_rows(
    const product_view *v, int64_t rows, int64_t row, int64_t columns) {
    product_rows_inlined(v, rows, row, columns);
}
#endif

/// Any number of rows, for operands in floats that the caches hold.
static void small_product(const product_view *v, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; row += ATTAR_TILE_ROWS)
        product_rows(v, smaller(rows - row, ATTAR_TILE_ROWS), row, columns);
}

// MARK: Rows times panels

/// Blocks of rows, steps and panels whose parts of both operands and of the result stay in the second-level cache
/// together.
#define ATTAR_BLOCK_ROWS (16 * ATTAR_TILE_ROWS)
#define ATTAR_BLOCK_STEPS 256
#define ATTAR_BLOCK_PANELS 24

/// Called for rows and columns whose sums are done.
typedef void (*product_end)(const void *context, int64_t row, int64_t rows, int64_t column, int64_t columns);

/// out[r,n] = x[r,k] times panels [n,k], each panel 16 n wide and all k deep, and bias[n] unless null.
ATTAR_INLINE void panel_product(
    float *out, const float *x, const float *panels, const float *bias, int64_t rows, int64_t inner, int64_t outputs,
    product_end end, const void *context) {
    for (int64_t block = 0; block < rows; block += ATTAR_BLOCK_ROWS)
        for (int64_t column = 0; column < outputs; column += ATTAR_BLOCK_PANELS * 16) {
            const int64_t block_end = smaller(rows, block + ATTAR_BLOCK_ROWS);
            const int64_t columns = smaller(outputs - column, ATTAR_BLOCK_PANELS * 16);
            int64_t step = 0;
            do {
                product_view v = {
                    .a_row = inner, .a_step = 1,
                    .b = panels + column * inner + step * 16,
                    .b_panel = inner * 16, .b_step = 16,
                    .c_row = outputs, .c_panel = 16, .c_ahead = 16 * ATTAR_TILE_PANELS(ATTAR_TILE_ROWS),
                    .steps = smaller(inner - step, ATTAR_BLOCK_STEPS), .resumes = step > 0};
                if (bias && step + v.steps == inner) v.bias = bias + column;
                for (int64_t row = block; row < block_end; row += ATTAR_TILE_ROWS) {
                    const int64_t live = smaller(rows - row, ATTAR_TILE_ROWS);
                    v.a = x + row * inner + step;
                    // The rows below come closer meanwhile.
                    for (int64_t r = live; r < smaller(rows - row, 2 * ATTAR_TILE_ROWS); r++)
                        for (int64_t s = 0; s < v.steps; s += 16) __builtin_prefetch(v.a + r * inner + s);
                    v.c = out + row * outputs + column;
                    product_rows(&v, live, 0, columns);
                    if (end && step + v.steps == inner) end(context, row, live, column, columns);
                }
                step += ATTAR_BLOCK_STEPS;
            } while (step < inner);
        }
}

#endif
