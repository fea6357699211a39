#define ATTAR_TABLE attar_training_kernels_portable
#define ATTAR_NAME "portable"
#include "generic.h"
