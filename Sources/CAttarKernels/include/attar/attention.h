// Attention within segments: the probabilities, which forward and backward passes both compute.

#ifndef ATTAR_ATTENTION_H
#define ATTAR_ATTENTION_H

#include "functions.h"
#include "matrix.h"

/// One head on one segment.
typedef struct {
    int64_t length;   // tokens of the segment
    int64_t padded;   // the same rounded up to whole vectors
    int64_t size;     // columns of the head
    int64_t stride;   // from a token to the next: columns of queries, keys and values of all heads
    float inverse;    // 1 / sqrt(size)
    const float *query, *key, *value;  // of the first token
} head_view;

/// out[c][j] = rows[j][c], zeros for j from length up.
static void turn_rows(float *out, const float *rows, const head_view *h) {
    for (int64_t j = 0; j < h->padded; j += 16)
        for (int64_t c = 0; c < h->size; c += 16) {
            const int64_t count = lanes_left(h->size, c), live = lanes_left(h->length, j);
            v16 block[16];
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++)
                block[i] = i < live ? load_part16(rows + (j + i) * h->stride + c, count, 0) : splat16(0);
            transpose16(block);
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++)
                if (i < count) store16(out + (c + i) * h->padded + j, block[i]);
        }
}

/// out[i][j] = sum over c of x[i][c] * turned[c][j] for some rows of x: one chain in ascending c.
static void rows_by_turned(
    float *out, const float *x, int64_t x_stride, const float *turned, int64_t rows, const head_view *h) {
    const product_view v = {
        .a = x, .a_row = x_stride, .a_step = 1, .b = turned, .b_panel = 16, .b_step = h->padded,
        .c = out, .c_row = h->padded, .c_panel = 16, .steps = h->size};
    small_product(&v, rows, h->padded);
}

/// softmax(q k^T / sqrt(size)) of some queries from `first` on, a padded row each.
static void attention_shares(float *out, const float *turned_keys, int64_t first, int64_t rows, const head_view *h) {
    rows_by_turned(out, h->query + first * h->stride, h->stride, turned_keys, rows, h);
    for (int64_t i = 0; i < rows; i++, out += h->padded) {
        const float largest = row_max(out, h->length, out[0]);
        const v16 share = splat16(1.0f / row_exp_sum(out, out, h->length, largest, h->inverse));
        for (int64_t j = 0; j < h->length; j += 16) store16(out + j, load16(out + j) * share);
    }
}

/// out[i] = sum over j of weights[i][j] * x[j]: one chain in ascending j.
static void weighted_rows(
    float *out, int64_t out_stride, const float *weights, const float *x, int64_t rows, const head_view *h) {
    const product_view v = {
        .a = weights, .a_row = h->padded, .a_step = 1, .b = x, .b_panel = 16, .b_step = h->stride,
        .c = out, .c_row = out_stride, .c_panel = 16, .steps = h->length};
    small_product(&v, rows, h->size);
}

#endif
