// The deployable kernels, written once on sixteen lanes. Each instruction set includes this file inside its target pragma after
// defining ATTAR_TABLE (the table's symbol), ATTAR_NAME and ATTAR_TILE_ROWS (rows of a linear tile that fit its registers).

#include "attar/vector.h"
#include "attar_kernels.h"

#define ROUND_UP(x, to) (((x) + (to)-1) / (to) * (to))

// MARK: Embedding bag

typedef struct {
    const float *scale;   // one a row; null for float tables
    const void *codes;
    int64_t row_bytes;
} table_view;

/// Quantized tables hold the scales first, padded to 64 bytes, then the codes.
ATTAR_INLINE table_view quantized_table(const attar_operand *table, int64_t row_bytes) {
    const char *base = table->data;
    return (table_view){(const float *)base, base + ROUND_UP(table->rows * 4, 64), row_bytes};
}

ATTAR_INLINE v16 table_lanes(int bits, const char *row, int64_t column, int64_t count) {
    if (bits == 32) {
        const float *x = (const float *)row + column;
        return count >= 16 ? load16(x) : load_part16(x, count, 0);
    }
    if (bits == 8) {
        if (count >= 16) return from_bytes16((const int8_t *)row + column);
        int8_t part[16] = {0};
        memcpy(part, row + column, (size_t)count);
        return from_bytes16(part);
    }
    // int4: 16 bytes hold 32 columns; the low nibbles are the first 16.
    v16b x;
    memcpy(&x, row + column / 32 * 16, sizeof x);
    x = (column & 16) ? (x >> 4) : ((v16b)(x << 4) >> 4);
    return __builtin_convertvector(x, v16);
}

/// out[r] = sum over the features of r, in their order, of weight * scale[id] * table[id], one FMA chain a column.
ATTAR_INLINE void embedding_bag(const attar_call *call, int bits, table_view table) {
    float *out = call->operand[0].data;
    const int64_t width = call->operand[0].columns;
    const uint32_t *ids = call->operand[2].data;
    const float *weights = call->operand[3].data;
    const uint32_t *offsets = call->operand[4].data;
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += width) {
        int64_t d = 0;
        for (; d + 64 <= width; d += 64) {
            v16 a = splat16(0), b = a, c = a, e = a;
            for (uint32_t f = offsets[r]; f < offsets[r + 1]; f++) {
                const char *row = (const char *)table.codes + (int64_t)ids[f] * table.row_bytes;
                const v16 w = splat16(bits == 32 ? weights[f] : weights[f] * table.scale[ids[f]]);
                a = fma16(w, table_lanes(bits, row, d, 16), a);
                b = fma16(w, table_lanes(bits, row, d + 16, 16), b);
                c = fma16(w, table_lanes(bits, row, d + 32, 16), c);
                e = fma16(w, table_lanes(bits, row, d + 48, 16), e);
            }
            store16(out + d, a);
            store16(out + d + 16, b);
            store16(out + d + 32, c);
            store16(out + d + 48, e);
        }
        for (; d < width; d += 16) {
            const int64_t count = width - d < 16 ? width - d : 16;
            v16 a = splat16(0);
            for (uint32_t f = offsets[r]; f < offsets[r + 1]; f++) {
                const char *row = (const char *)table.codes + (int64_t)ids[f] * table.row_bytes;
                const v16 w = splat16(bits == 32 ? weights[f] : weights[f] * table.scale[ids[f]]);
                a = fma16(w, table_lanes(bits, row, d, count), a);
            }
            store_part16(out + d, a, count);
        }
    }
}

static void embedding_bag_f32(const attar_call *call) {
    const attar_operand *table = &call->operand[1];
    embedding_bag(call, 32, (table_view){NULL, table->data, table->columns * 4});
}

static void embedding_bag_i8(const attar_call *call) {
    embedding_bag(call, 8, quantized_table(&call->operand[1], call->operand[1].columns));
}

static void embedding_bag_i4(const attar_call *call) {
    embedding_bag(call, 4, quantized_table(&call->operand[1], ROUND_UP(call->operand[1].columns, 32) / 2));
}

// MARK: Linear

typedef struct {
    float *out;
    const float *x;
    const char *panels;
    const float *scale;  // one an output, for int8 panels
    const float *bias;
    int64_t inner, outputs;
} linear_view;

/// A tile of `rows` rows by `panels` panels: one FMA chain an output, in ascending k, from zero; scale and bias come after.
ATTAR_INLINE void linear_tile(const linear_view *v, int bits, int rows, int panels, int64_t row, int64_t panel) {
    const int64_t panel_bytes = v->inner * 16 * (bits / 8);
    const char *weights = v->panels + panel * panel_bytes;
    v16 sum[ATTAR_TILE_ROWS * 4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) sum[i] = splat16(0);
    for (int64_t k = 0; k < v->inner; k++) {
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            const char *w = weights + p * panel_bytes + k * 16 * (bits / 8);
            const v16 lanes = bits == 32 ? load16((const float *)w) : from_bytes16((const int8_t *)w);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                sum[r * panels + p] = fma16(splat16(v->x[(row + r) * v->inner + k]), lanes, sum[r * panels + p]);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
        const int64_t column = (panel + p) * 16;
        const int64_t count = v->outputs - column < 16 ? v->outputs - column : 16;
        const v16 bias = v->bias ? load_part16(v->bias + column, count, 0) : splat16(0);
        const v16 scale = bits == 32 ? splat16(1) : load16(v->scale + column);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            v16 y = sum[r * panels + p];
            y = bits == 32 ? y + bias : fma16(y, scale, bias);
            store_part16(v->out + (row + r) * v->outputs + column, y, count);
        }
    }
}

ATTAR_INLINE void linear(const linear_view *v, int bits, int64_t rows) {
    const int64_t panels = ROUND_UP(v->outputs, 16) / 16;
    int64_t row = 0;
    for (; row + ATTAR_TILE_ROWS <= rows; row += ATTAR_TILE_ROWS)
        for (int64_t p = 0; p < panels; p++) linear_tile(v, bits, ATTAR_TILE_ROWS, 1, row, p);
    for (; row < rows; row++) {
        int64_t p = 0;
        for (; p + 4 <= panels; p += 4) linear_tile(v, bits, 1, 4, row, p);
        for (; p < panels; p++) linear_tile(v, bits, 1, 1, row, p);
    }
}

static void linear_f32(const attar_call *call) {
    const attar_operand *out = &call->operand[0], *x = &call->operand[1];
    linear_view v = {out->data, x->data, call->operand[2].data, NULL, call->operand[3].data, x->columns, out->columns};
    linear(&v, 32, out->rows);
}

static void linear_i8(const attar_call *call) {
    const attar_operand *out = &call->operand[0], *x = &call->operand[1];
    const char *base = call->operand[2].data;
    linear_view v = {
        out->data, x->data, base + ROUND_UP(ROUND_UP(out->columns, 16) * 4, 64), (const float *)base,
        call->operand[3].data, x->columns, out->columns};
    linear(&v, 8, out->rows);
}

// MARK: Elementwise

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

const attar_kernel_table ATTAR_TABLE = {
    .name = ATTAR_NAME,
    .embedding_bag_f32 = embedding_bag_f32,
    .embedding_bag_i8 = embedding_bag_i8,
    .embedding_bag_i4 = embedding_bag_i4,
    .linear_f32 = linear_f32,
    .linear_i8 = linear_i8,
    .relu = relu,
    .add = add,
    .scale = scale,
    .softmax = softmax,
};
