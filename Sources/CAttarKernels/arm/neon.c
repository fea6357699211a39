#if defined(__aarch64__)
#define ATTAR_TABLE attar_kernels_neon
#define ATTAR_NAME "neon"
#define ATTAR_TILE_ROWS 6
#define ATTAR_TILE_SUMS 6
#include "../generic.h"
#endif
