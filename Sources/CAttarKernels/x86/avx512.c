#if defined(__x86_64__)
#define ATTAR_AVX512
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#define ATTAR_TABLE attar_kernels_avx512
#define ATTAR_NAME "avx512"
#define ATTAR_TILE_ROWS 8
#define ATTAR_TILE_SUMS 24
#define ATTAR_DOT "dot/avx2.h"
#include "../generic.h"
#pragma clang attribute pop

void attar_linear_i8_avx512vnni(const attar_call *call);

const attar_kernel_table attar_kernels_avx512vnni = ATTAR_KERNELS("avx512vnni", attar_linear_i8_avx512vnni);
#endif
