// Products of codes by NEON without dot products: pairs of products meet in 16 bits, where they cannot overflow.

#define DOT_ROWS 2
#define DOT_SUMS 2
#define DOT_PANELS(rows) 1

#include "signed_codes.h"

/// sums[row][output] of one panel.
ATTAR_INLINE void dot_tile(
    v16i *sums, const dot_code *codes, int64_t stride, const int8_panels *w, int64_t column, int rows, int panels) {
    (void)panels;
    const int8_t *panel = w->codes + column * 4 * w->quads;
    // Two partial sums of each of two outputs.
    int32x4_t sum[DOT_ROWS][8];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * 8; i++) sum[i / 8][i % 8] = vdupq_n_s32(0);
    for (int64_t q = 0; q < w->quads; q++, panel += 64) {
        int8x8_t x[DOT_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t quad;
            memcpy(&quad, codes + r * stride + 4 * q, sizeof quad);
            x[r] = vreinterpret_s8_s32(vdup_n_s32(quad));
        }
#pragma clang loop unroll(full)
        for (int j = 0; j < 8; j++) {
            const int8x8_t weights = vld1_s8(panel + 8 * j);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) sum[r][j] = vpadalq_s16(sum[r][j], vmull_s8(weights, x[r]));
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * 4; i++)
        vst1q_s32((int32_t *)&sums[i / 4] + i % 4 * 4, vpaddq_s32(sum[i / 4][i % 4 * 2], sum[i / 4][i % 4 * 2 + 1]));
}
