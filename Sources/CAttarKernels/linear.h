// Linear layers: x w^T + bias, activation, residual.

#include "attar/functions.h"
#include "attar_kernels.h"

typedef struct {
    float *out;
    const float *x;
    const char *panels;
    const float *scale;  // one an output, for int8 panels
    const float *bias;
    const float *residual;
    int64_t inner, outputs;
    attar_activation activation;
} linear_view;

/// What follows the sums of a block of rows while they are still close: scale and bias, activation, residual.
static void finish_rows(const linear_view *v, int64_t from, int64_t rows) {
    for (int64_t r = from; r < from + rows; r++)
        for (int64_t c = 0; c < v->outputs; c += 16) {
            const int64_t count = lanes_left(v->outputs, c);
            float *out = v->out + r * v->outputs + c;
            const v16 bias = v->bias ? load_part16(v->bias + c, count, 0) : splat16(0);
            v16 y = load_part16(out, count, 0);
            y = v->scale ? fma16(y, load_part16(v->scale + c, count, 0), bias) : y + bias;
            if (v->activation == ATTAR_RELU) y = max16(splat16(0), y);
            else if (v->activation == ATTAR_GELU) y = gelu16(y);
            if (v->residual) y = y + load_part16(v->residual + r * v->outputs + c, count, 0);
            store_part16(out, y, count);
        }
}

/// A tile of `rows` rows by `panels` panels: one FMA chain an output, in ascending k, from zero.
ATTAR_INLINE void linear_tile(const linear_view *v, int bits, int rows, int panels, int64_t row, int64_t panel) {
    const int64_t panel_bytes = v->inner * 16 * (bits / 8);
    const char *weights = v->panels + panel * panel_bytes;
    v16 sum[ATTAR_TILE_ROWS * 4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) sum[i] = splat16(0);
    for (int64_t k = 0; k < v->inner; k++) {
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            const char *w = weights + p * panel_bytes + k * 16 * (bits / 8);
            const v16 lanes = bits == 32 ? load16((const float *)w) : from_bytes16((const int8_t *)w);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                sum[r * panels + p] = fma16(splat16(v->x[(row + r) * v->inner + k]), lanes, sum[r * panels + p]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
        const int64_t column = (panel + p) * 16;
        const int64_t count = v->outputs - column < 16 ? v->outputs - column : 16;
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            store_part16(v->out + (row + r) * v->outputs + column, sum[r * panels + p], count);
        }
    }
}

ATTAR_INLINE void linear(const linear_view *v, int bits, int64_t rows) {
    const int64_t panels = ROUND_UP(v->outputs, 16) / 16;
    int64_t row = 0;
    for (; row + ATTAR_TILE_ROWS <= rows; row += ATTAR_TILE_ROWS) {
        for (int64_t p = 0; p < panels; p++) linear_tile(v, bits, ATTAR_TILE_ROWS, 1, row, p);
        finish_rows(v, row, ATTAR_TILE_ROWS);
    }
    for (; row < rows; row++) {
        int64_t p = 0;
        for (; p + 4 <= panels; p += 4) linear_tile(v, bits, 1, 4, row, p);
        for (; p < panels; p++) linear_tile(v, bits, 1, 1, row, p);
        finish_rows(v, row, 1);
    }
}

ATTAR_INLINE linear_view linear_operands(const attar_call *call) {
    const attar_operand *o = call->operand;
    return (linear_view){
        .out = o[0].data, .x = o[1].data, .panels = o[2].data, .bias = o[3].data, .residual = o[4].data,
        .inner = o[1].columns, .outputs = o[0].columns, .activation = (attar_activation)call->scalar[0]};
}

static void linear_f32(const attar_call *call) {
    const linear_view v = linear_operands(call);
    linear(&v, 32, call->operand[0].rows);
}

static void linear_i8(const attar_call *call) {
    linear_view v = linear_operands(call);
    v.scale = call->operand[2].data;
    v.panels += ROUND_UP(ROUND_UP(v.outputs, 16) * 4, 64);
    linear(&v, 8, call->operand[0].rows);
}
