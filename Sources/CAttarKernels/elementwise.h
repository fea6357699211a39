// Elementwise kernels and those that work on one row at a time.

#include "attar/functions.h"
#include "attar/normalization.h"
#include "attar_kernels.h"

#define ELEMENTWISE(expression_whole, expression_part)                    \
    float *out = call->operand[0].data;                                   \
    const int64_t count = call->operand[0].rows * call->operand[0].columns; \
    int64_t i = 0;                                                        \
    for (; i + 16 <= count; i += 16) store16(out + i, expression_whole);   \
    if (i < count) store_part16(out + i, expression_part, count - i);

static void relu(const attar_call *call) {
    const float *x = call->operand[1].data;
    const v16 zero = splat16(0);
    // In this order NaN passes: a broken model shows in the loss.
    ELEMENTWISE(max16(zero, load16(x + i)), max16(zero, load_part16(x + i, count - i, 0)))
}

static void gelu(const attar_call *call) {
    const float *x = call->operand[1].data;
    ELEMENTWISE(gelu16(load16(x + i)), gelu16(load_part16(x + i, count - i, 0)))
}

static void add(const attar_call *call) {
    const float *a = call->operand[1].data, *b = call->operand[2].data;
    ELEMENTWISE(load16(a + i) + load16(b + i), load_part16(a + i, count - i, 0) + load_part16(b + i, count - i, 0))
}

static void scale(const attar_call *call) {
    const float *x = call->operand[1].data;
    const v16 factor = splat16(call->scalar[0]);
    ELEMENTWISE(load16(x + i) * factor, load_part16(x + i, count - i, 0) * factor)
}

static void softmax(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data;
    const float inverse = 1.0f / call->scalar[0];
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += columns, x += columns) {
        const float total = row_exp_sum(out, x, columns, row_max(x, columns, x[0]), inverse);
        for (int64_t c = 0; c < columns; c++) out[c] = out[c] / total;
    }
}

ATTAR_INLINE void layer_norm_rows(const attar_call *call, int64_t row, int64_t rows, int whole) {
    const int64_t columns = call->operand[0].columns;
    float *out = (float *)call->operand[0].data + row * columns;
    const float *x = (const float *)call->operand[1].data + row * columns;
    const float *gain = call->operand[2].data, *bias = call->operand[3].data;
    row_moments m;
    moments(&m, x, rows, columns, call->scalar[0], whole);
    for (int64_t i = 0; i < rows; i++, out += columns, x += columns)
        for (int64_t c = 0; c < columns; c += 16) {
            const int64_t count = norm_lanes(whole, columns, c);
            const v16 y = normalized16(load_part16(x + c, count, 0), &m, i);
            store_part16(out + c, fma16(y, load_part16(gain + c, count, 0), load_part16(bias + c, count, 0)), count);
        }
}

static void layer_norm(const attar_call *call) {
    ATTAR_BY_ROWS(call->operand[0].rows, call->operand[0].columns, layer_norm_rows)
}
