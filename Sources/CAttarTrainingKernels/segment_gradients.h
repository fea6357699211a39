// Gradients of attention, pooling and positions.

#include "attar/attention.h"
#include "attar_training_kernels.h"

/// Queries whose probabilities stand in scratch together.
#define ATTENTION_ROWS 32

/// slopes = shares * (slopes - sum(shares * slopes)) / sqrt(size) of at most 16 rows.
static void share_gradient(float *slopes, const float *shares, int64_t rows, const head_view *h) {
    v16 part[16];
    for (int64_t i = 0; i < 16; i++) {
        v16 sum = splat16(0);
        for (int64_t j = i * h->padded; i < rows && j < i * h->padded + h->length; j += 16)
            sum = fma16(load16(shares + j), load16(slopes + j), sum);
        part[i] = sum;
    }
    float middle[16];
    store16(middle, fold_sums16(part));
    const v16 inverse = splat16(h->inverse);
    for (int64_t i = 0; i < rows; i++, slopes += h->padded, shares += h->padded)
        for (int64_t j = 0; j < h->length; j += 16)
            store16(slopes + j, load16(shares + j) * (load16(slopes + j) - splat16(middle[i])) * inverse);
}

/// out[j] (+)= sum over i of weights[i][j] * x[i]: one chain in ascending i.
static void turned_weighted_rows(
    float *out, const float *weights, const float *x, int64_t x_stride, int64_t rows, int resumes, const head_view *h) {
    const product_view v = {
        .a = weights, .a_row = 1, .a_step = h->padded, .b = x, .b_panel = 16, .b_step = x_stride,
        .c = out, .c_row = h->stride, .c_panel = 16, .steps = rows, .resumes = resumes};
    small_product(&v, h->length, h->size);
}

/// One segment and head: p the probabilities, s the scores' gradient, p * (d - sum(p * d)) / sqrt(size) with d = dy
/// v^T. Then queries have s k, keys s^T q, values p^T dy: one chain an element, in ascending tokens.
static void attention_head_gradient(float *out, const float *dy, int64_t width, float *scratch, const head_view *h) {
    float *keys = scratch, *values = keys + h->size * h->padded;
    float *shares = values + h->size * h->padded, *slopes = shares + ATTENTION_ROWS * h->padded;
    turn_rows(keys, h->key, h);
    turn_rows(values, h->value, h);
    for (int64_t i = 0; i < h->length; i += ATTENTION_ROWS) {
        const int64_t rows = smaller(h->length - i, ATTENTION_ROWS);
        attention_shares(shares, keys, i, rows, h);
        rows_by_turned(slopes, dy + i * width, width, values, rows, h);
        for (int64_t r = 0; r < rows; r += 16)
            share_gradient(slopes + r * h->padded, shares + r * h->padded, smaller(rows - r, 16), h);
        weighted_rows(out + i * h->stride, h->stride, slopes, h->key, rows, h);
        turned_weighted_rows(out + width, slopes, h->query + i * h->stride, h->stride, rows, i > 0, h);
        turned_weighted_rows(out + 2 * width, shares, dy + i * width, width, rows, i > 0, h);
    }
}

static void segment_attention_gradient(const attar_call *call) {
    float *out = call->operand[0].data, *scratch = call->operand[1].data;
    const float *qkv = call->operand[2].data, *dy = call->operand[3].data;
    const uint32_t *offsets = call->operand[4].data;
    const int64_t width = call->operand[3].columns, heads = (int64_t)call->scalar[0], size = width / heads;
    head_view h = {.size = size, .stride = 3 * width, .inverse = 1.0f / __builtin_sqrtf((float)size)};
    for (int64_t r = 0; r + 1 < call->operand[4].rows; r++) {
        h.length = (int64_t)offsets[r + 1] - offsets[r];
        h.padded = ROUND_UP(h.length, 16);
        for (int64_t head = 0; head < heads && h.length > 0; head++) {
            const int64_t first = offsets[r] * h.stride + head * size;
            h.query = qkv + first;
            h.key = h.query + width;
            h.value = h.key + width;
            attention_head_gradient(out + first, dy + offsets[r] * width + head * size, width, scratch, &h);
        }
    }
}

static void mean_pool_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *dy = call->operand[1].data;
    const uint32_t *offsets = call->operand[2].data;
    const int64_t width = call->operand[0].columns;
    for (int64_t r = 0; r < call->operand[1].rows; r++, dy += width) {
        const v16 length = splat16((float)(offsets[r + 1] - offsets[r]));
        for (uint32_t t = offsets[r]; t < offsets[r + 1]; t++)
            for (int64_t c = 0; c < width; c += 16) {
                const int64_t count = lanes_left(width, c);
                store_part16(out + t * width + c, load_part16(dy + c, count, 0) / length, count);
            }
    }
}

static void first_pool_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *dy = call->operand[1].data;
    const uint32_t *offsets = call->operand[2].data;
    const int64_t width = call->operand[0].columns;
    for (int64_t r = 0; r < call->operand[1].rows; r++, dy += width)
        for (uint32_t t = offsets[r]; t < offsets[r + 1]; t++)
            for (int64_t c = 0; c < width; c++) out[t * width + c] = t == offsets[r] ? dy[c] : 0.0f;
}

/// out[i] = the sum, in the order of examples, of the cotangents of their i-th tokens; the last position has all later
/// ones too.
static void position_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *dy = call->operand[1].data;
    const uint32_t *offsets = call->operand[2].data;
    const int64_t width = call->operand[0].columns, last = call->operand[0].rows - 1;
    memset(out, 0, (size_t)((last + 1) * width) * sizeof(float));
    for (int64_t r = 0; r + 1 < call->operand[2].rows; r++)
        for (int64_t t = offsets[r]; t < offsets[r + 1]; t++) {
            const int64_t place = t - offsets[r] < last ? t - offsets[r] : last;
            for (int64_t c = 0; c < width; c += 16) {
                const int64_t count = lanes_left(width, c);
                float *to = out + place * width + c;
                store_part16(to, load_part16(to, count, 0) + load_part16(dy + t * width + c, count, 0), count);
            }
        }
}
