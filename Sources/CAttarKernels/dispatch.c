#include <string.h>

#include "attar_kernels.h"
#include "x86/features.h"

extern const attar_kernel_table attar_kernels_portable;
#if defined(__x86_64__)
extern const attar_kernel_table attar_kernels_avx2, attar_kernels_avx512, attar_kernels_avx512vnni;
#elif defined(__aarch64__)
extern const attar_kernel_table attar_kernels_neon, attar_kernels_neondot;
#endif

#if defined(__aarch64__)
#if defined(__linux__) && !defined(__ARM_FEATURE_DOTPROD)
#include <sys/auxv.h>
#endif

/// Whether this processor has dot products of bytes; only Linux is asked, elsewhere the compiler's target says so.
static int has_dot_products(void) {
#if defined(__ARM_FEATURE_DOTPROD)
    return 1;
#elif defined(__linux__)
    const unsigned long dot_product = 1ul << 20;  // HWCAP_ASIMDDP
    return (getauxval(AT_HWCAP) & dot_product) != 0;
#else
    return 0;
#endif
}
#endif

/// The `index`th table that this processor runs, fastest first; null past the last.
static const attar_kernel_table *table_at(int index) {
    const attar_kernel_table *runnable[5] = {0};
    int count = 0;
#if defined(__x86_64__)
    if (attar_x86_has(ATTAR_X86_VNNI)) runnable[count++] = &attar_kernels_avx512vnni;
    if (attar_x86_has(ATTAR_X86_AVX512)) runnable[count++] = &attar_kernels_avx512;
    if (attar_x86_has(ATTAR_X86_AVX2)) runnable[count++] = &attar_kernels_avx2;
#elif defined(__aarch64__)
    if (has_dot_products()) runnable[count++] = &attar_kernels_neondot;
    runnable[count++] = &attar_kernels_neon;
#endif
    runnable[count++] = &attar_kernels_portable;
    return index < count ? runnable[index] : 0;
}

const attar_kernel_table *attar_kernels_select(const char *name) {
    for (int i = 0; table_at(i); i++)
        if (!name || strcmp(name, table_at(i)->name) == 0) return table_at(i);
    return 0;
}

const char *attar_kernels_name(int index) {
    const attar_kernel_table *table = table_at(index);
    return table ? table->name : 0;
}
