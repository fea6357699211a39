#if defined(__x86_64__)
#define ATTAR_AVX512
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma"))), apply_to = function)
#define ATTAR_DOT "dot/avx512vnni.h"
#include "../linear_int8.h"

void attar_linear_i8_avx512vnni(const attar_call *call);

/// The only kernel that gains from these instructions; all others are those of AVX-512.
void attar_linear_i8_avx512vnni(const attar_call *call) {
    linear_i8(call);
}
#pragma clang attribute pop
#endif
