// Linear layers: x w^T + bias, activation, residual.

#include "attar/functions.h"
#include "attar/matrix.h"
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

ATTAR_INLINE void finish_as(
    const linear_view *v, attar_activation activation, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    for (int64_t c = column; c < column + columns; c += 16) {
        const int64_t count = lanes_left(v->outputs, c);
        const v16 bias = v->bias ? load_part16(v->bias + c, count, 0) : splat16(0);
        const v16 scale = v->scale ? load_part16(v->scale + c, count, 0) : splat16(1);
        for (int64_t r = row; r < row + rows; r++) {
            v16 y = load_part16(v->out + r * v->outputs + c, count, 0);
            y = v->scale ? fma16(y, scale, bias) : y + bias;
            if (activation == ATTAR_RELU) y = max16(splat16(0), y);
            if (activation == ATTAR_GELU) y = gelu16(y);
            if (v->residual) y = y + load_part16(v->residual + r * v->outputs + c, count, 0);
            store_part16(v->out + r * v->outputs + c, y, count);
        }
    }
}

/// What follows the sums of a block while it is still close: scale and bias, activation, residual.
static void finish_block(const void *context, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    const linear_view *v = context;
    switch (v->activation) {
    case ATTAR_NO_ACTIVATION: finish_as(v, ATTAR_NO_ACTIVATION, row, rows, column, columns); break;
    case ATTAR_RELU: finish_as(v, ATTAR_RELU, row, rows, column, columns); break;
    case ATTAR_GELU: finish_as(v, ATTAR_GELU, row, rows, column, columns); break;
    }
}

ATTAR_INLINE linear_view linear_operands(const attar_call *call) {
    const attar_operand *o = call->operand;
    return (linear_view){
        .out = o[0].data, .x = o[1].data, .panels = o[2].data, .bias = o[3].data, .residual = o[4].data,
        .inner = o[1].columns, .outputs = o[0].columns, .activation = (attar_activation)call->scalar[0]};
}

static void linear_f32(const attar_call *call) {
    linear_view v = linear_operands(call);
    const float *bias = v.bias;
    v.bias = NULL;
    const product_end end = v.activation != ATTAR_NO_ACTIVATION || v.residual ? finish_block : NULL;
    panel_product(v.out, v.x, v.panels, 32, bias, call->operand[0].rows, v.inner, v.outputs, end, &v);
}

static void linear_i8(const attar_call *call) {
    linear_view v = linear_operands(call);
    v.scale = call->operand[2].data;
    v.panels += ROUND_UP(ROUND_UP(v.outputs, 16) * 4, 64);
    panel_product(v.out, v.x, v.panels, 8, NULL, call->operand[0].rows, v.inner, v.outputs, finish_block, &v);
}
