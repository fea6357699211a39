// Linear layers on integers: rows are quantized as they come in, the sums are exact.
//
// ATTAR_DOT names the header in dot/ with the products of codes of an instruction set.

#include "linear_view.h"

/// Scratch holds the codes of this many rows, two bytes each at most.
#define ATTAR_INT8_ROWS 16
/// Rows below this count as zeros: 127 / largest must be finite.
#define ATTAR_INT8_SMALLEST 0x1p-100f

/// An int8 weight matrix in memory: a scale an output, the sum of an output's codes, then panels of 16 outputs,
/// each [quads, 16, 4] codes: the four of a quad are consecutive inner steps.
typedef struct {
    const float *scale;
    const int32_t *code_sum;
    const int8_t *codes;
    int64_t quads;
} int8_panels;

ATTAR_INLINE int8_panels int8_panels_of(const linear_view *v) {
    const int64_t padded = ROUND_UP(v->outputs, 16);
    return (int8_panels){
        .scale = (const float *)v->panels, .code_sum = (const int32_t *)v->panels + padded,
        .codes = (const int8_t *)v->panels + 8 * padded, .quads = ROUND_UP(v->inner, 4) / 4};
}

/// The low bytes of sixteen lanes.
ATTAR_INLINE void store_bytes16(int8_t *to, v16i bits) {
    const v16b bytes = __builtin_convertvector(bits, v16b);
    memcpy(to, &bytes, sizeof bytes);
}

#include ATTAR_DOT

/// Writes the codes of a row, whole vectors of them, and gives their scale: x is about scale * code. A row that is not
/// finite throughout has codes of zero and a scale of NaN, so that all its results are NaN.
__attribute__((noinline)) static float quantize_row(dot_code *codes, const float *x, int64_t inner) {
    const int64_t whole = inner / 16 * 16, rest = inner - whole;
    v16i bits = {0};
    for (int64_t c = 0; c < whole; c += 16)
        bits = __builtin_elementwise_max(bits, (v16i)load16(x + c) & 0x7FFFFFFF);
    if (rest > 0)
        bits = __builtin_elementwise_max(bits, (v16i)load_part16(x + whole, rest, 0) & 0x7FFFFFFF);
    // Magnitudes have the order of their bits; infinity and NaN come last.
    const int32_t most = __builtin_reduce_max(bits);
    float largest;
    memcpy(&largest, &most, sizeof largest);
    if (most >= 0x7F800000 || largest < ATTAR_INT8_SMALLEST) {
        for (int64_t c = 0; c < whole + (rest > 0) * 16; c++) codes[c] = DOT_ZERO;
        return most >= 0x7F800000 ? __builtin_nanf("") : 0;
    }
    // Adding 1.5 * 2^23 rounds to an integer, ties to even, and leaves it in the low bits.
    const v16 inverse = splat16(127.0f / largest), magic = splat16(12582912.0f + DOT_ZERO);
    for (int64_t c = 0; c < whole; c += 16) dot_store_codes(codes + c, (v16i)fma16(load16(x + c), inverse, magic));
    if (rest > 0) dot_store_codes(codes + whole, (v16i)fma16(load_part16(x + whole, rest, 0), inverse, magic));
    return largest / 127.0f;
}

/// A vector of the result from its sums: scales and bias, and the residual unless an activation comes before it.
ATTAR_INLINE void scale_sums16(
    const linear_view *v, v16i sums, float row_scale, int64_t row, int64_t column, int64_t lanes, int residual) {
    const v16 scale = load16((const float *)v->panels + column);
    const v16 bias = v->bias ? load_part16(v->bias + column, lanes, 0) : splat16(0);
    v16 y = fma16(__builtin_convertvector(sums, v16), splat16(row_scale) * scale, bias);
    if (residual) y = y + load_part16(v->residual + row * v->outputs + column, lanes, 0);
    store_part16(v->out + row * v->outputs + column, y, lanes);
}

/// The same for the `live` rows of a tile.
ATTAR_INLINE void scale_tile(
    const linear_view *v, const v16i *sums, const float *row_scale, int64_t row, int rows, int64_t live, int64_t column,
    int panels, int residual) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        if (r == live) break;
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++)
            scale_sums16(v, sums[r * panels + p], row_scale[r], row + r, column + 16 * p, 16, residual);
    }
}

/// The same for one panel, which may end early.
__attribute__((noinline)) static void scale_panel(
    const linear_view *v, const v16i *sums, const float *row_scale, int64_t row, int64_t live, int64_t column) {
    const int residual = v->residual && v->activation == ATTAR_NO_ACTIVATION;
    for (int64_t r = 0; r < live; r++)
        scale_sums16(v, sums[r], row_scale[r], row + r, column, lanes_left(v->outputs, column), residual);
}

ATTAR_INLINE void activate16(const linear_view *v, int64_t at, int64_t lanes) {
    v16 y = load_part16(v->out + at, lanes, 0);
    y = v->activation == ATTAR_RELU ? max16(splat16(0), y) : gelu16(y);
    if (v->residual) y = y + load_part16(v->residual + at, lanes, 0);
    store_part16(v->out + at, y, lanes);
}

/// The activation of a tile of the result, and the residual after it.
__attribute__((noinline)) static void activate(
    const linear_view *v, int64_t row, int64_t rows, int64_t column, int64_t panels) {
    const int64_t columns = smaller(16 * panels, v->outputs - column), whole = columns / 16 * 16;
    for (int64_t r = row; r < row + rows; r++) {
        const int64_t at = r * v->outputs + column;
        for (int64_t c = 0; c < whole; c += 16) activate16(v, at + c, 16);
        if (whole < columns) activate16(v, at + whole, columns - whole);
    }
}

/// A tile of whole panels.
ATTAR_INLINE void int8_tile(
    const linear_view *v, const int8_panels *w, const dot_code *codes, int64_t stride, const float *row_scale,
    int64_t row, int rows, int64_t live, int64_t column, int panels) {
    v16i sums[DOT_SUMS];
    dot_tile(sums, codes, stride, w, column, rows, panels);
    const int activates = v->activation != ATTAR_NO_ACTIVATION, residual = v->residual && !activates;
#if defined(ATTAR_SMALL)
    scale_tile(v, sums, row_scale, row, rows, live, column, panels, residual);
#else
    // Each has no branch in its loops.
    if (residual) scale_tile(v, sums, row_scale, row, rows, live, column, panels, 1);
    else scale_tile(v, sums, row_scale, row, rows, live, column, panels, 0);
#endif
    if (activates) activate(v, row, live, column, panels);
}

/// All outputs of the `live` rows, from `row` on, of a tile whose codes stand `stride` apart.
ATTAR_INLINE void int8_rows(
    const linear_view *v, const dot_code *codes, int64_t stride, const float *row_scale, int64_t row, int rows,
    int64_t live) {
    const int8_panels w = int8_panels_of(v);
    const int panels = DOT_PANELS(rows);
    int64_t column = 0;
    for (; panels > 1 && column + 16 * panels <= v->outputs; column += 16 * panels)
        int8_tile(v, &w, codes, stride, row_scale, row, rows, live, column, panels);
    if (panels == 3 && column + 32 <= v->outputs) {
        int8_tile(v, &w, codes, stride, row_scale, row, rows, live, column, 2);
        column += 32;
    }
    for (; column < v->outputs; column += 16) {
        v16i sums[DOT_SUMS];
        dot_tile(sums, codes, stride, &w, column, rows, 1);
        scale_panel(v, sums, row_scale, row, live, column);
        if (v->activation != ATTAR_NO_ACTIVATION) activate(v, row, live, column, 1);
    }
}

#if defined(ATTAR_SMALL)
#define DOT_MIDDLE_ROWS (DOT_ROWS == 6)
#else
#define DOT_MIDDLE_ROWS (DOT_ROWS >= 6)
#endif

/// Rows of the next tile where so many are left of a block: 8, 6, 4, 2 or 1. A tile may have one row too many, whose
/// sums come from codes that happen to stand in scratch and go nowhere; it never reaches beyond the scratch.
ATTAR_INLINE int tile_rows(int64_t left) {
    if (DOT_ROWS >= 8 && (left > 12 || left == 8)) return 8;
    if (DOT_MIDDLE_ROWS && (left > 8 || left == 6 || left == 5)) return 6;
    if (DOT_ROWS >= 4 && left > 2) return 4;
    return left > 1 ? 2 : 1;
}

static void linear_i8(const attar_call *call) {
    const linear_view v = linear_operands(call, 1);
    dot_code *codes = call->operand[1].data;
    const int64_t stride = ROUND_UP(v.inner, 16);
    // Blocks of about equal size: a row left over costs as much as several.
    const int64_t blocks = ROUND_UP(v.rows, ATTAR_INT8_ROWS) / ATTAR_INT8_ROWS;
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t first = v.rows * block / blocks, count = v.rows * (block + 1) / blocks - first;
        float scale[ATTAR_INT8_ROWS];
        for (int64_t r = 0; r < count; r++)
            scale[r] = quantize_row(codes + r * stride, v.x + (first + r) * v.inner, v.inner);
        for (int64_t r = 0; r < count;) {
            const int rows = tile_rows(count - r);
            const int64_t live = smaller(rows, count - r);
#define ATTAR_ROWS(size)                                                                                       \
    case size:                                                                                                 \
        if (size <= DOT_ROWS && (size != 6 || DOT_MIDDLE_ROWS)) int8_rows(&v, codes + r * stride, stride, scale + r, first + r, size, live);     \
        break;
            switch (rows) {
                ATTAR_ROWS(1)
                ATTAR_ROWS(2)
                ATTAR_ROWS(4)
                ATTAR_ROWS(6)
                ATTAR_ROWS(8)
            }
#undef ATTAR_ROWS
            r += live;
        }
    }
}
