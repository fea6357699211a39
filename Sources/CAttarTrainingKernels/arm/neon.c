#if defined(__aarch64__)
#define ATTAR_TABLE attar_training_kernels_neon
#define ATTAR_NAME "neon"
#include "../generic.h"
#endif
