// Products of codes by NEON's dot products: four products and their sum in one instruction.

#define DOT_ROWS 6
#define DOT_SUMS 6
#define DOT_PANELS(rows) 1

#include "signed_codes.h"

/// sums[row][output] of one panel.
ATTAR_INLINE void dot_tile(
    v16i *sums, const dot_code *codes, int64_t stride, const int8_panels *w, int64_t column, int rows, int panels) {
    (void)panels;
    const int8_t *panel = w->codes + column * 4 * w->quads;
    int32x4_t sum[DOT_ROWS][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * 4; i++) sum[i / 4][i % 4] = vdupq_n_s32(0);
    for (int64_t q = 0; q < w->quads; q++, panel += 64) {
        int8x16_t weights[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < 4; j++) weights[j] = vld1q_s8(panel + 16 * j);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t quad;
            memcpy(&quad, codes + r * stride + 4 * q, sizeof quad);
            const int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(quad));
#pragma clang loop unroll(full)
            for (int j = 0; j < 4; j++) sum[r][j] = vdotq_s32(sum[r][j], weights[j], x);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * 4; i++) vst1q_s32((int32_t *)&sums[i / 4] + i % 4 * 4, sum[i / 4][i % 4]);
}
