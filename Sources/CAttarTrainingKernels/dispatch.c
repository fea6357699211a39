#include <string.h>

#include "attar_training_kernels.h"

extern const attar_training_kernel_table attar_training_kernels_portable;
#if defined(__x86_64__)
extern const attar_training_kernel_table attar_training_kernels_avx2, attar_training_kernels_avx512;
#elif defined(__aarch64__)
extern const attar_training_kernel_table attar_training_kernels_neon;
#endif

const attar_training_kernel_table *attar_training_kernels_select(const char *name) {
    const attar_training_kernel_table *const tables[] = {
#if defined(__x86_64__)
        &attar_training_kernels_avx512, &attar_training_kernels_avx2,
#elif defined(__aarch64__)
        &attar_training_kernels_neon,
#endif
        &attar_training_kernels_portable,
    };
    // A table of deployable kernels that goes further in one set ("avx512vnni") is named after the plain one.
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strncmp(name, tables[i]->name, strlen(tables[i]->name)) == 0) return tables[i];
    return 0;
}
