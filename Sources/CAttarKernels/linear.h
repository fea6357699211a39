// Linear layers on floats: x w^T + bias, activation, residual.

#include "attar/matrix.h"
#include "linear_view.h"

ATTAR_INLINE void finish_as(
    const linear_view *v, attar_activation activation, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    for (int64_t c = column; c < column + columns; c += 16) {
        const int64_t count = lanes_left(v->outputs, c);
        const v16 bias = v->bias ? load_part16(v->bias + c, count, 0) : splat16(0);
        for (int64_t r = row; r < row + rows; r++) {
            v16 y = activated16(load_part16(v->out + r * v->outputs + c, count, 0) + bias, activation);
            if (v->residual) y = y + load_part16(v->residual + r * v->outputs + c, count, 0);
            store_part16(v->out + r * v->outputs + c, y, count);
        }
    }
}

/// What follows the sums of a block while it is still close.
static void finish_block(const void *context, int64_t row, int64_t rows, int64_t column, int64_t columns) {
    const linear_view *v = context;
    switch (v->activation) {
    case ATTAR_NO_ACTIVATION: finish_as(v, ATTAR_NO_ACTIVATION, row, rows, column, columns); break;
    case ATTAR_RELU: finish_as(v, ATTAR_RELU, row, rows, column, columns); break;
    case ATTAR_GELU: finish_as(v, ATTAR_GELU, row, rows, column, columns); break;
    }
}

static void linear_f32(const attar_call *call) {
    linear_view v = linear_operands(call, 0);
    const float *bias = v.bias;
    v.bias = NULL;
    const product_end end = v.activation != ATTAR_NO_ACTIVATION || v.residual ? finish_block : NULL;
    panel_product(v.out, v.x, (const float *)v.panels, bias, v.rows, v.inner, v.outputs, end, &v);
}
