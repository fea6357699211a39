// Gradients of linear layers.

#include "attar/matrix.h"
#include "attar_training_kernels.h"

/// Panels [n,k] turned into panels [k,n]: lanes are 16 k.
static void turn_panels(float *turned, const float *panels, int64_t inner, int64_t outputs) {
    for (int64_t n = 0; n < outputs; n += 16) {
        const int64_t live = lanes_left(outputs, n);
        for (int64_t k = 0; k < inner; k += 16) {
            const float *from = panels + (n * inner) + k * 16;
            const int64_t count = lanes_left(inner, k);
            v16 row[16];
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++) row[i] = i < count ? load16(from + i * 16) : splat16(0);
            transpose16(row);
            float *to = turned + (k * outputs) + n * 16;
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++)
                if (i < live) store16(to + i * 16, row[i]);
        }
    }
}

/// out[r,k] = sum over n of dy[r,n] * w[n,k]: one FMA chain in ascending n.
static void linear_input_gradient(const attar_call *call) {
    const attar_operand *out = &call->operand[0], *dy = &call->operand[1];
    float *turned = call->operand[3].data;
    turn_panels(turned, call->operand[2].data, out->columns, dy->columns);
    panel_product(out->data, dy->data, turned, NULL, out->rows, dy->columns, out->columns, NULL, NULL);
}

/// A block of rows and of columns of x; dy is taken in groups of columns as wide as a tile.
#define GRADIENT_ROWS 128
#define GRADIENT_INNER (32 * ATTAR_TILE_ROWS)
#define GRADIENT_LANES (16 * ATTAR_TILE_PANELS(ATTAR_TILE_ROWS))
/// From a tile's part of the copied block of x to the next one's: parts that lie 4 KB apart would meet in one set of
/// the first-level cache.
#define GRADIENT_TILE (GRADIENT_ROWS * ATTAR_TILE_ROWS + 16)

/// out[i] = the `width` columns from `column` of row i, zeros past the end.
ATTAR_INLINE void copy_columns(
    float *out, const float *x, int64_t stride, int64_t rows, int64_t column, int64_t columns, int width) {
    const int64_t count = columns - column < width ? columns - column : width;
    for (int64_t r = 0; r < rows; r++) {
        if (count == width) memcpy(out + r * width, x + r * stride + column, (size_t)width * sizeof(float));
        else for (int i = 0; i < width; i++) out[r * width + i] = i < count ? x[r * stride + column + i] : 0.0f;
    }
}

/// Rows of x cut into the columns of each tile, zeros past the end. Memory is read in its order.
ATTAR_INLINE void copy_tiles(float *out, const float *x, int64_t stride, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; r++, x += stride) {
        float *to = out + r * ATTAR_TILE_ROWS;
        int64_t k = 0;
        for (; k + ATTAR_TILE_ROWS <= columns; k += ATTAR_TILE_ROWS, to += GRADIENT_TILE)
            memcpy(to, x + k, ATTAR_TILE_ROWS * sizeof(float));
        for (int i = 0; k < columns && i < ATTAR_TILE_ROWS; i++) to[i] = i < columns - k ? x[k + i] : 0.0f;
    }
}

/// A block of the weight gradient: x and dy start at its rows and columns, out at its panels. Columns are copied
/// together, so that rows far apart in memory are close in the tile.
static void weight_gradient_block(
    float *out, const float *x, const float *dy, int64_t rows, int64_t inner, int64_t outputs, int64_t inner_stride,
    int resumes) {
    __attribute__((aligned(64))) float left[GRADIENT_INNER / ATTAR_TILE_ROWS * GRADIENT_TILE];
    __attribute__((aligned(64))) float right[GRADIENT_ROWS * GRADIENT_LANES];
    copy_tiles(left, x, inner_stride, rows, inner);
    const int64_t tiles = (inner + ATTAR_TILE_ROWS - 1) / ATTAR_TILE_ROWS;
    for (int64_t n = 0; n < outputs; n += GRADIENT_LANES) {
        copy_columns(right, dy, outputs, rows, n, outputs, GRADIENT_LANES);
        const int64_t lanes = smaller(ROUND_UP(outputs, 16) - n, GRADIENT_LANES);
        // The next group of dy comes closer meanwhile, some rows a tile: beside this one, or at the start of the rows below.
        const float *next = n + GRADIENT_LANES < outputs ? dy + n + GRADIENT_LANES : dy + rows * outputs;
        for (int64_t tile = 0; tile < tiles; tile++) {
            const int64_t k = tile * ATTAR_TILE_ROWS;
            for (int64_t r = rows * tile / tiles; r < rows * (tile + 1) / tiles; r++)
                for (int64_t c = 0; c < GRADIENT_LANES; c += 16) __builtin_prefetch(next + r * outputs + c);
            const product_view v = {
                .a = left + tile * GRADIENT_TILE, .a_row = 1, .a_step = ATTAR_TILE_ROWS,
                .b = right, .b_panel = 16, .b_step = GRADIENT_LANES,
                .c = out + n * inner_stride + k * 16, .c_row = 16, .c_panel = inner_stride * 16,
                .c_ahead = ATTAR_TILE_ROWS * 16, .steps = rows, .resumes = resumes};
            product_rows_inlined(&v, smaller(inner - k, ATTAR_TILE_ROWS), 0, lanes);
        }
    }
}

/// out[n,k] = sum over r of dy[r,n] * x[r,k]: one FMA chain in ascending r, lanes are 16 outputs.
static void linear_weight_gradient(const attar_call *call) {
    const int64_t rows = call->operand[1].rows, inner = call->operand[1].columns, outputs = call->operand[2].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    int64_t row = 0;
    do {
        for (int64_t k = 0; k < inner; k += GRADIENT_INNER)
            weight_gradient_block(
                out + k * 16, x + row * inner + k, dy + row * outputs, smaller(rows - row, GRADIENT_ROWS),
                smaller(inner - k, GRADIENT_INNER), outputs, inner, row > 0);
        row += GRADIENT_ROWS;
    } while (row < rows);
}
