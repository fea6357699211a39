// Rows of a table: weighted sums of them, one an id, positions.

#include "attar/vector.h"
#include "attar_kernels.h"

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

ATTAR_INLINE table_view float_table(const attar_operand *table) {
    return (table_view){NULL, table->data, table->columns * 4};
}

ATTAR_INLINE table_view bytes_table(const attar_operand *table) {
    return quantized_table(table, table->columns);
}

ATTAR_INLINE table_view nibbles_table(const attar_operand *table) {
    return quantized_table(table, ROUND_UP(table->columns, 32) / 2);
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
ATTAR_SHARED void embedding_bag(const attar_call *call, int bits, table_view table) {
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
    embedding_bag(call, 32, float_table(&call->operand[1]));
}

static void embedding_bag_i8(const attar_call *call) {
    embedding_bag(call, 8, bytes_table(&call->operand[1]));
}

static void embedding_bag_i4(const attar_call *call) {
    embedding_bag(call, 4, nibbles_table(&call->operand[1]));
}


// MARK: One row an id

/// out[t] = scale[id] * table[id].
ATTAR_SHARED void embedding(const attar_call *call, int bits, table_view table) {
    float *out = call->operand[0].data;
    const int64_t width = call->operand[0].columns;
    const uint32_t *ids = call->operand[2].data;
    const int64_t last = call->operand[0].rows - 1;
    for (int64_t t = 0; t <= last; t++, out += width) {
        const char *row = (const char *)table.codes + (int64_t)ids[t] * table.row_bytes;
        // Rows lie anywhere in memory: a later one comes closer meanwhile.
        const char *later = (const char *)table.codes + (int64_t)ids[t + 2 < last ? t + 2 : last] * table.row_bytes;
        const v16 factor = splat16(bits == 32 ? 1.0f : table.scale[ids[t]]);
        for (int64_t d = 0; d < width; d += 16) {
            const int64_t count = lanes_left(width, d);
            const v16 lanes = table_lanes(bits, row, d, count);
            __builtin_prefetch(later + d * bits / 8);
            store_part16(out + d, bits == 32 ? lanes : lanes * factor, count);
        }
    }
}

static void embedding_f32(const attar_call *call) {
    embedding(call, 32, float_table(&call->operand[1]));
}

static void embedding_i8(const attar_call *call) {
    embedding(call, 8, bytes_table(&call->operand[1]));
}

static void embedding_i4(const attar_call *call) {
    embedding(call, 4, nibbles_table(&call->operand[1]));
}

/// Tokens past the last position take that one, so no length reads outside the table.
static void add_positions(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *positions = call->operand[2].data;
    const uint32_t *offsets = call->operand[3].data;
    const int64_t width = call->operand[0].columns, last = call->operand[2].rows - 1;
    for (int64_t r = 0; r + 1 < call->operand[3].rows; r++)
        for (int64_t t = offsets[r]; t < offsets[r + 1]; t++) {
            const int64_t place = t - offsets[r] < last ? t - offsets[r] : last;
            for (int64_t d = 0; d < width; d += 16) {
                const int64_t count = lanes_left(width, d);
                const v16 position = load_part16(positions + place * width + d, count, 0);
                store_part16(out + t * width + d, load_part16(x + t * width + d, count, 0) + position, count);
            }
        }
}
