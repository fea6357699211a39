#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ATTAR_TABLE attar_kernels_avx2
#define ATTAR_NAME "avx2"
#define ATTAR_TILE_ROWS 6
#define ATTAR_TILE_SUMS 6
#define ATTAR_DOT "dot/avx2.h"
#include "../generic.h"
#pragma clang attribute pop
#endif
