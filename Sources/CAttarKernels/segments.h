// Kernels on the rows of segments: attention and pooling.

#include "attar/attention.h"
#include "attar_kernels.h"

/// Queries whose probabilities stand in scratch together.
#define ATTENTION_ROWS 16

/// softmax(q k^T / sqrt(size)) v for each head within each segment.
static void segment_attention(const attar_call *call) {
    float *out = call->operand[0].data, *keys = call->operand[1].data;
    const float *qkv = call->operand[2].data;
    const uint32_t *offsets = call->operand[3].data;
    const int64_t width = call->operand[0].columns, heads = (int64_t)call->scalar[0], size = width / heads;
    head_view h = {.size = size, .stride = 3 * width, .inverse = 1.0f / __builtin_sqrtf((float)size)};
    for (int64_t r = 0; r + 1 < call->operand[3].rows; r++) {
        h.length = (int64_t)offsets[r + 1] - offsets[r];
        h.padded = ROUND_UP(h.length, 16);
        float *shares = keys + size * h.padded;
        for (int64_t head = 0; head < heads && h.length > 0; head++) {
            h.query = qkv + offsets[r] * h.stride + head * size;
            h.key = h.query + width;
            h.value = h.key + width;
            turn_rows(keys, h.key, &h);
            for (int64_t i = 0; i < h.length; i += ATTENTION_ROWS) {
                const int64_t rows = smaller(h.length - i, ATTENTION_ROWS);
                attention_shares(shares, keys, i, rows, &h);
                weighted_rows(out + (offsets[r] + i) * width + head * size, width, shares, h.value, rows, &h);
            }
        }
    }
}

/// The sum of a segment's rows in their order, divided by their number.
static void mean_pool(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data;
    const uint32_t *offsets = call->operand[2].data;
    const int64_t width = call->operand[0].columns;
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += width) {
        const uint32_t length = offsets[r + 1] - offsets[r];
        for (int64_t c = 0; c < width; c += 16) {
            const int64_t count = lanes_left(width, c);
            v16 sum = splat16(0);
            for (uint32_t t = offsets[r]; t < offsets[r + 1]; t++) sum = sum + load_part16(x + t * width + c, count, 0);
            store_part16(out + c, length > 0 ? sum / splat16((float)length) : sum, count);
        }
    }
}

static void first_pool(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data;
    const uint32_t *offsets = call->operand[2].data;
    const int64_t width = call->operand[0].columns;
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += width)
        for (int64_t c = 0; c < width; c++) out[c] = offsets[r] < offsets[r + 1] ? x[offsets[r] * width + c] : 0.0f;
}
