// Products of codes in plain C.

#define DOT_ROWS 2
#define DOT_SUMS 2
#define DOT_PANELS(rows) 1

#include "signed_codes.h"

/// sums[row][output] of one panel.
ATTAR_INLINE void dot_tile(
    v16i *sums, const dot_code *codes, int64_t stride, const int8_panels *w, int64_t column, int rows, int panels) {
    (void)panels;
    for (int r = 0; r < rows; r++) {
        const int8_t *panel = w->codes + column * 4 * w->quads;
        int32_t sum[16] = {0};
        for (int64_t q = 0; q < w->quads; q++, panel += 64)
            for (int o = 0; o < 16; o++)
                for (int i = 0; i < 4; i++) sum[o] += panel[4 * o + i] * codes[r * stride + 4 * q + i];
        memcpy(&sums[r], sum, sizeof sum);
    }
}
