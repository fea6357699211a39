#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define ATTAR_TABLE attar_training_kernels_avx512
#define ATTAR_NAME "avx512"
#include "../generic.h"
#pragma clang attribute pop
#endif
