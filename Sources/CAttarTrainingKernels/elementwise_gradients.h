// Gradients of activations and of layer normalization; sums.

#include "attar/functions.h"
#include "attar/normalization.h"
#include "attar_training_kernels.h"

static void relu_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    for (int64_t i = 0; i < count; i++) out[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}


static void gelu_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    const int64_t size = call->operand[0].rows * call->operand[0].columns;
    for (int64_t i = 0; i < size; i += 16) {
        const int64_t count = lanes_left(size, i);
        store_part16(out + i, gelu_gradient16(load_part16(x + i, count, 0), load_part16(dy + i, count, 0)), count);
    }
}

// MARK: Layer normalization

/// With n the normalized row and g = dy * gain: out = inverse * (g - mean(g) - n * mean(g * n)).
static void layer_norm_input_gradient(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *gain = call->operand[2].data, *dy = call->operand[3].data;
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += columns, x += columns, dy += columns) {
        const row_moments m = moments(x, columns, call->scalar[0]);
        v16 sum = splat16(0), products = splat16(0);
        for (int64_t c = 0; c < columns; c += 16) {
            const int64_t count = lanes_left(columns, c);
            const v16 g = load_part16(dy + c, count, 0) * load_part16(gain + c, count, 0);
            sum = sum + g;
            products = fma16(g, normalized16(load_part16(x + c, count, m.mean), m), products);
        }
        const v16 mean = splat16(fold_sum16(sum) / (float)columns);
        const v16 slope = splat16(-(fold_sum16(products) / (float)columns));
        for (int64_t c = 0; c < columns; c += 16) {
            const int64_t count = lanes_left(columns, c);
            const v16 g = load_part16(dy + c, count, 0) * load_part16(gain + c, count, 0);
            const v16 n = normalized16(load_part16(x + c, count, 0), m);
            store_part16(out + c, fma16(n, slope, g - mean) * splat16(m.inverse), count);
        }
    }
}

/// out[c] = sum over r of dy[r,c] * normalized x[r,c]: one FMA chain in ascending r.
static void layer_norm_gain_gradient(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    for (int64_t c = 0; c < columns; c++) out[c] = 0.0f;
    for (int64_t r = 0; r < call->operand[1].rows; r++, x += columns, dy += columns) {
        const row_moments m = moments(x, columns, call->scalar[0]);
        for (int64_t c = 0; c < columns; c += 16) {
            const int64_t count = lanes_left(columns, c);
            const v16 n = normalized16(load_part16(x + c, count, 0), m);
            store_part16(out + c, fma16(load_part16(dy + c, count, 0), n, load_part16(out + c, count, 0)), count);
        }
    }
}

// MARK: Sums

static void sum_rows(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data;
    for (int64_t c = 0; c < columns; c++) out[c] = 0.0f;
    for (int64_t r = 0; r < call->operand[1].rows; r++)
        for (int64_t c = 0; c < columns; c++) out[c] = out[c] + x[r * columns + c];
}

static void sum_all(const attar_call *call) {
    const float *x = call->operand[1].data;
    float sum = 0.0f;
    for (int64_t i = 0; i < call->operand[1].rows * call->operand[1].columns; i++) sum = sum + x[i];
    *(float *)call->operand[0].data = sum;
}

static void broadcast(const attar_call *call) {
    const float x = *(const float *)call->operand[1].data;
    float *out = call->operand[0].data;
    for (int64_t i = 0; i < call->operand[0].rows * call->operand[0].columns; i++) out[i] = x;
}
