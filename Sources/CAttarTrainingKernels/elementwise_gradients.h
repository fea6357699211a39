// Gradients of activations and of layer normalization; sums.

#include "attar/functions.h"
#include "attar/normalization.h"
#include "attar_training_kernels.h"

static void relu_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) store16(out + i, select16(load16(x + i) > splat16(0), load16(dy + i), splat16(0)));
    for (; i < count; i++) out[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}

static void gelu_with_slope(const attar_call *call) {
    float *out = call->operand[0].data, *slope = call->operand[1].data;
    const float *x = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const gelu_slope16 y = gelu_with_slope16(load16(x + i));
        store16(out + i, y.value);
        store16(slope + i, y.slope);
    }
    if (i == count) return;
    const gelu_slope16 y = gelu_with_slope16(load_part16(x + i, count - i, 0));
    store_part16(out + i, y.value, count - i);
    store_part16(slope + i, y.slope, count - i);
}

static void gelu_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) store16(out + i, load16(dy + i) * gelu_with_slope16(load16(x + i)).slope);
    if (i == count) return;
    const v16 slope = gelu_with_slope16(load_part16(x + i, count - i, 0)).slope;
    store_part16(out + i, load_part16(dy + i, count - i, 0) * slope, count - i);
}

static void multiply(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *a = call->operand[1].data, *b = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    int64_t i = 0;
    for (; i + 16 <= count; i += 16) store16(out + i, load16(a + i) * load16(b + i));
    for (; i < count; i++) out[i] = a[i] * b[i];
}

// MARK: Layer normalization

/// With n the normalized row and g = dy * gain: out = inverse * (g - mean(g) - n * mean(g * n)).
ATTAR_INLINE void norm_input_gradient_rows(const attar_call *call, int64_t row, int64_t rows, int whole) {
    const int64_t columns = call->operand[0].columns;
    float *out = (float *)call->operand[0].data + row * columns;
    const float *x = (const float *)call->operand[1].data + row * columns, *gain = call->operand[2].data;
    const float *dy = (const float *)call->operand[3].data + row * columns;
    row_moments m;
    moments(&m, x, rows, columns, call->scalar[0], whole);
    v16 sums[ATTAR_NORM_ROWS], products[ATTAR_NORM_ROWS];
    for (int64_t i = 0; i < ATTAR_NORM_ROWS; i++) {
        v16 sum = splat16(0), product = splat16(0);
        for (int64_t c = 0; i < rows && c < columns; c += 16) {
            const int64_t at = i * columns + c, count = norm_lanes(whole, columns, c);
            const v16 g = load_part16(dy + at, count, 0) * load_part16(gain + c, count, 0);
            sum = sum + g;
            product = fma16(g, normalized16(load_part16(x + at, count, m.mean[i]), &m, i), product);
        }
        sums[i] = sum;
        products[i] = product;
    }
    float mean[ATTAR_NORM_ROWS], slope[ATTAR_NORM_ROWS];
    store16(mean, fold_sums16(sums) / splat16((float)columns));
    store16(slope, -(fold_sums16(products) / splat16((float)columns)));
    for (int64_t i = 0; i < rows; i++)
        for (int64_t c = 0; c < columns; c += 16) {
            const int64_t at = i * columns + c, count = norm_lanes(whole, columns, c);
            const v16 g = load_part16(dy + at, count, 0) * load_part16(gain + c, count, 0);
            const v16 n = normalized16(load_part16(x + at, count, 0), &m, i);
            store_part16(out + at, fma16(n, splat16(slope[i]), g - splat16(mean[i])) * splat16(m.inverse[i]), count);
        }
}

static void layer_norm_input_gradient(const attar_call *call) {
    ATTAR_BY_ROWS(call->operand[0].rows, call->operand[0].columns, norm_input_gradient_rows)
}

ATTAR_INLINE void norm_gain_gradient_rows(const attar_call *call, int64_t row, int64_t rows, int whole) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = (const float *)call->operand[1].data + row * columns;
    const float *dy = (const float *)call->operand[2].data + row * columns;
    row_moments m;
    moments(&m, x, rows, columns, call->scalar[0], whole);
    for (int64_t c = 0; c < columns; c += 16) {
        const int64_t count = norm_lanes(whole, columns, c);
        v16 sum = load_part16(out + c, count, 0);
        for (int64_t i = 0; i < rows; i++) {
            const v16 n = normalized16(load_part16(x + i * columns + c, count, 0), &m, i);
            sum = fma16(load_part16(dy + i * columns + c, count, 0), n, sum);
        }
        store_part16(out + c, sum, count);
    }
}

/// out[c] = sum over r of dy[r,c] * normalized x[r,c]: one FMA chain in ascending r.
static void layer_norm_gain_gradient(const attar_call *call) {
    memset(call->operand[0].data, 0, (size_t)call->operand[0].columns * sizeof(float));
    ATTAR_BY_ROWS(call->operand[1].rows, call->operand[0].columns, norm_gain_gradient_rows)
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
