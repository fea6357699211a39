#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define ATTAR_TABLE attar_training_kernels_avx2
#define ATTAR_NAME "avx2"
#define ATTAR_TILE_ROWS 6
#define ATTAR_TILE_SUMS 6
#include "../generic.h"
#pragma clang attribute pop
#endif
