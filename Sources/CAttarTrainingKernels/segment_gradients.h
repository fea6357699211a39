// Gradients of attention, pooling and positions.

#include "attar/attention.h"
#include "attar_training_kernels.h"

/// One segment and head. With p the probabilities and d = dy v^T: the scores' gradient is s = p * (d - sum(p * d)) / sqrt(size);
/// query gradients are s k, key gradients s^T q, value gradients p^T dy: one chain an element, in ascending tokens.
ATTAR_INLINE void attention_head_gradient(float *out, const float *dy, float *scratch, const head_view *h) {
    const int64_t stride = 3 * h->width;
    float *keys = scratch, *values = keys + h->size * h->padded;
    float *shares = values + h->size * h->padded, *slopes = shares + h->padded;
    turn_rows(keys, h->key, stride, h);
    turn_rows(values, h->value, stride, h);
    for (int64_t i = 0; i < h->length; i++)
        for (int64_t c = 0; c < h->size; c++) out[i * stride + h->width + c] = out[i * stride + 2 * h->width + c] = 0.0f;
    for (int64_t i = 0; i < h->length; i++) {
        const float share = attend(shares, h->query + i * stride, keys, h);
        row_products(slopes, dy + i * h->width, values, h);
        v16 sum = splat16(0);
        for (int64_t j = 0; j < h->length; j += 16) {
            const int64_t count = lanes_left(h->length, j);
            const v16 p = load_part16(shares + j, count, 0) * splat16(share);
            store16(shares + j, p);
            sum = fma16(p, load16(slopes + j), sum);
        }
        const v16 middle = splat16(fold_sum16(sum));
        for (int64_t j = 0; j < h->length; j += 16)
            store16(slopes + j, load16(shares + j) * (load16(slopes + j) - middle) * splat16(h->inverse));
        for (int64_t c = 0; c < h->size; c += 16) {
            const int64_t count = lanes_left(h->size, c);
            const v16 query = load_part16(h->query + i * stride + c, count, 0);
            const v16 cotangent = load_part16(dy + i * h->width + c, count, 0);
            v16 sum = splat16(0);
            for (int64_t j = 0; j < h->length; j++) {
                float *key = out + j * stride + h->width + c, *value = key + h->width;
                const v16 slope = splat16(slopes[j]);
                sum = fma16(slope, load_part16(h->key + j * stride + c, count, 0), sum);
                store_part16(key, fma16(slope, query, load_part16(key, count, 0)), count);
                store_part16(value, fma16(splat16(shares[j]), cotangent, load_part16(value, count, 0)), count);
            }
            store_part16(out + i * stride + c, sum, count);
        }
    }
}

static void segment_attention_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *qkv = call->operand[2].data, *dy = call->operand[3].data;
    const uint32_t *offsets = call->operand[4].data;
    const int64_t width = call->operand[3].columns, heads = (int64_t)call->scalar[0];
    head_view h = {.width = width, .size = width / heads, .inverse = 1.0f / __builtin_sqrtf((float)(width / heads))};
    for (int64_t r = 0; r + 1 < call->operand[4].rows; r++) {
        h.length = (int64_t)offsets[r + 1] - offsets[r];
        h.padded = ROUND_UP(h.length, 16);
        for (int64_t head = 0; head < heads && h.length > 0; head++) {
            const int64_t first = offsets[r] * 3 * width + head * h.size;
            h.query = qkv + first;
            h.key = h.query + width;
            h.value = h.key + width;
            attention_head_gradient(out + first, dy + offsets[r] * width + head * h.size, call->operand[1].data, &h);
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

/// out[i] = the sum, in the order of examples, of the cotangents of their i-th tokens; the last position has all later ones too.
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
                const v16 sum = load_part16(out + place * width + c, count, 0) + load_part16(dy + t * width + c, count, 0);
                store_part16(out + place * width + c, sum, count);
            }
        }
}
