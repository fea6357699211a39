#if defined(__aarch64__)
#include <arm_neon.h>

#define ATTAR_TABLE attar_kernels_neon
#define ATTAR_NAME "neon"
#define ATTAR_TILE_ROWS 6
#define ATTAR_TILE_SUMS 6
#define ATTAR_DOT "dot/neon.h"
#include "../generic.h"

void attar_linear_i8_neondot(const attar_call *call);

const attar_kernel_table attar_kernels_neondot = ATTAR_KERNELS("neondot", attar_linear_i8_neondot);
#endif
