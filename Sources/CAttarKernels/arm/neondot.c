#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define ATTAR_DOT "dot/neondot.h"
#include "../linear_int8.h"

void attar_linear_i8_neondot(const attar_call *call);

/// The only kernel that gains from these instructions; all others are those of NEON.
void attar_linear_i8_neondot(const attar_call *call) {
    linear_i8(call);
}
#pragma clang attribute pop
#endif
