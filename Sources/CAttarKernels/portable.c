#define ATTAR_PORTABLE
#define ATTAR_TABLE attar_kernels_portable
#define ATTAR_NAME "portable"
#define ATTAR_TILE_ROWS 2
#define ATTAR_TILE_SUMS 2
#define ATTAR_DOT "dot/portable.h"
#include "generic.h"
