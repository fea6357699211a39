// Products of codes by AVX2: both sides widened to 16 bits, where pairs of products cannot overflow.

#define DOT_ROWS 4
#define DOT_SUMS 4
#define DOT_PANELS(rows) 1
#define DOT_ZERO 0

typedef int16_t dot_code;
typedef int16_t v16s __attribute__((vector_size(32)));

ATTAR_INLINE void dot_store_codes(dot_code *to, v16i bits) {
    const v16s codes = __builtin_convertvector(bits, v16s);
    memcpy(to, &codes, sizeof codes);
}

ATTAR_INLINE __m256i dot_widened(const int8_t *weights) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)weights));
}

/// sums[row][output] of one panel, eight outputs at a time.
ATTAR_INLINE void dot_tile(
    v16i *sums, const dot_code *codes, int64_t stride, const int8_panels *w, int64_t column, int rows, int panels) {
    (void)panels;
    for (int half = 0; half < 2; half++) {
        const int8_t *panel = w->codes + column * 4 * w->quads + half * 32;
        // Two partial sums of each of four outputs, then of the other four.
        __m256i low[DOT_ROWS], high[DOT_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) low[r] = high[r] = _mm256_setzero_si256();
        for (int64_t q = 0; q < w->quads; q++, panel += 64) {
            const __m256i first = dot_widened(panel), second = dot_widened(panel + 16);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                int64_t quad;
                memcpy(&quad, codes + r * stride + 4 * q, sizeof quad);
                const __m256i x = _mm256_set1_epi64x(quad);
                low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(first, x));
                high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(second, x));
            }
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const __m256i pairs = _mm256_hadd_epi32(low[r], high[r]);
            _mm256_storeu_si256((__m256i *)&sums[r] + half, _mm256_permute4x64_epi64(pairs, 0xD8));
        }
    }
}
