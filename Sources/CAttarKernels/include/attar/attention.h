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

/// A block of turn_rows: `live` rows and `count` columns of 16 by 16.
ATTAR_INLINE void turn_block(float *out, const float *rows, const head_view *h, int64_t live, int64_t count) {
    v16 block[16];
ATTAR_UNROLL
    for (int i = 0; i < 16; i++) block[i] = load_part16(rows + smaller(i, live - 1) * h->stride, count, 0);
    transpose16(block);
ATTAR_UNROLL
    for (int i = 0; i < 16; i++)
        if (i < count) store16(out + i * h->padded, keep_part16(block[i], live, 0));
}

/// out[c][j] = rows[j][c], zeros for j from length up.
static void turn_rows(float *out, const float *rows, const head_view *h) {
    for (int64_t j = 0; j < h->padded; j += 16)
        for (int64_t c = 0; c < h->size; c += 16) {
            const int64_t count = lanes_left(h->size, c), live = lanes_left(h->length, j);
            float *to = out + c * h->padded + j;
            const float *from = rows + j * h->stride + c;
            if (count == 16) turn_block(to, from, h, live, 16);
            else turn_block(to, from, h, live, count);
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

/// Softmax of at most 16 rows of scores, a padded row each: what row_max and row_exp_sum compute, with all folds and
/// divisions at once. Padding becomes zero.
static void share_rows(float *scores, int64_t rows, const head_view *h) {
    const int64_t whole = h->length / 16 * 16, rest = h->length - whole;
    float of_row[16];
    v16 part[16];
    for (int64_t i = 0; i < 16; i++) {
        const float *row = scores + i * h->padded;
        v16 best = splat16(i < rows ? row[0] : 0);
        for (int64_t j = 0; i < rows && j < whole; j += 16) best = max16(load16(row + j), best);
        if (i < rows && rest > 0) best = max16(keep_part16(load16(row + whole), rest, row[0]), best);
        part[i] = best;
    }
    store16(of_row, fold_maxima16(part));
    for (int64_t i = 0; i < 16; i++) {
        float *row = scores + i * h->padded;
        const v16 shift = splat16(of_row[i]), factor = splat16(h->inverse);
        v16 sum = splat16(0);
        for (int64_t j = 0; i < rows && j < whole; j += 16) {
            const v16 e = exp16((load16(row + j) - shift) * factor);
            store16(row + j, e);
            sum = sum + e;
        }
        if (i < rows && rest > 0) {
            const v16 e = keep_part16(exp16((load16(row + whole) - shift) * factor), rest, 0);
            store16(row + whole, e);
            sum = sum + e;
        }
        part[i] = sum;
    }
    store16(of_row, splat16(1) / fold_sums16(part));
    for (int64_t i = 0; i < rows; i++, scores += h->padded)
        for (int64_t j = 0; j < h->length; j += 16) store16(scores + j, load16(scores + j) * splat16(of_row[i]));
}

/// softmax(q k^T / sqrt(size)) of some queries from `first` on, a padded row each.
static void attention_shares(float *out, const float *turned_keys, int64_t first, int64_t rows, const head_view *h) {
    rows_by_turned(out, h->query + first * h->stride, h->stride, turned_keys, rows, h);
    for (int64_t i = 0; i < rows; i += 16) share_rows(out + i * h->padded, smaller(rows - i, 16), h);
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
