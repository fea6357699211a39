#if defined(__aarch64__)
#define ATTAR_TABLE attar_training_kernels_neon
#define ATTAR_NAME "neon"
#define ATTAR_TILE_ROWS 4
#define ATTAR_TILE_SUMS 4
#include "../generic.h"
#endif
