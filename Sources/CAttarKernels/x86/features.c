#include "features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <stdatomic.h>

/// What the system saves of a thread's registers: AVX needs bits 1 and 2, AVX-512 5 to 7 as well.
static unsigned saved_registers(void) {
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static unsigned found_features(void) {
    unsigned a, b, c, d, found = ATTAR_X86_KNOWN;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return found;
    if (c & bit_SSE4_2) found |= ATTAR_X86_SSE42;
    if (!(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA)) return found;
    const unsigned saved = saved_registers();
    if ((saved & 0x06) != 0x06 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    if (b & bit_AVX2) found |= ATTAR_X86_AVX2;
    const unsigned wide = bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL;
    if ((saved & 0xE6) != 0xE6 || (b & wide) != wide) return found;
    found |= ATTAR_X86_AVX512;
    if (c & bit_AVX512VNNI) found |= ATTAR_X86_VNNI;
    return found;
}

int attar_x86_has(unsigned features) {
    // Asked once: under a hypervisor the instruction takes long. Threads that ask at once find the same.
    static atomic_uint known;
    unsigned found = atomic_load_explicit(&known, memory_order_relaxed);
    if (!found) {
        found = found_features();
        atomic_store_explicit(&known, found, memory_order_relaxed);
    }
    return (found & features) == features;
}
#endif
