// Products of codes by AVX-512 VNNI: four products and their sum in one instruction, which wants one side unsigned.

#define DOT_ROWS 8
#define DOT_SUMS 24
#define DOT_PANELS(rows) ((rows) > 6 ? 3 : 4)
/// Codes of activations stand 128 higher; the sums start from what takes that away.
#define DOT_ZERO 128

typedef uint8_t dot_code;

ATTAR_INLINE void dot_store_codes(dot_code *to, v16i bits) {
    _mm_storeu_si128((__m128i *)to, _mm512_cvtepi32_epi8((__m512i)bits));
}

/// sums[row][panel][output].
ATTAR_INLINE void dot_tile(
    v16i *sums, const dot_code *codes, int64_t stride, const int8_panels *w, int64_t column, int rows, int panels) {
    const int8_t *panel = w->codes + column * 4 * w->quads;
    const int64_t panel_bytes = w->quads * 64;
    __m512i sum[DOT_SUMS];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
        const __m512i offset = _mm512_slli_epi32(_mm512_loadu_si512(w->code_sum + column + p * 16), 7);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) sum[r * panels + p] = _mm512_sub_epi32(_mm512_setzero_si512(), offset);
    }
    for (int64_t q = 0; q < w->quads; q++, panel += 64) {
        __m512i lane[4];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) lane[p] = _mm512_loadu_si512(panel + p * panel_bytes);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t quad;
            memcpy(&quad, codes + r * stride + 4 * q, sizeof quad);
            const __m512i x = _mm512_set1_epi32(quad);
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++)
                sum[r * panels + p] = _mm512_dpbusd_epi32(sum[r * panels + p], x, lane[p]);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) sums[i] = (v16i)sum[i];
}
