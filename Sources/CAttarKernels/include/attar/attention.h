// Attention within segments: the probabilities, which forward and backward passes both compute.

#ifndef ATTAR_ATTENTION_H
#define ATTAR_ATTENTION_H

#include "functions.h"

/// One head on one segment.
typedef struct {
    int64_t length;    // tokens of the segment
    int64_t padded;    // the same rounded up to whole vectors
    int64_t size;      // columns of the head
    int64_t width;     // columns of all heads
    float inverse;     // 1 / sqrt(size)
    const float *query, *key, *value;  // of the first token; the next one's are 3 width further
} head_view;

/// out[c][j] = rows[j][c], zeros for j from length up.
ATTAR_INLINE void turn_rows(float *out, const float *rows, int64_t stride, const head_view *h) {
    for (int64_t c = 0; c < h->size; c++)
        for (int64_t j = 0; j < h->padded; j++) out[c * h->padded + j] = j < h->length ? rows[j * stride + c] : 0.0f;
}

/// out[j] = sum over c of row[c] * turned[c][j]: one chain in ascending c.
ATTAR_INLINE void row_products(float *out, const float *row, const float *turned, const head_view *h) {
    for (int64_t j = 0; j < h->padded; j += 16) {
        v16 sum = splat16(0);
        for (int64_t c = 0; c < h->size; c++) sum = fma16(splat16(row[c]), load16(turned + c * h->padded + j), sum);
        store16(out + j, sum);
    }
}

/// e^((q k - largest) / sqrt(size)) of one query to all keys, and 1 / their sum.
ATTAR_INLINE float attend(float *out, const float *query, const float *turned_keys, const head_view *h) {
    row_products(out, query, turned_keys, h);
    return 1.0f / row_exp_sum(out, out, h->length, row_max(out, h->length, out[0]), h->inverse);
}

#endif
