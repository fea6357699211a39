// What this x86-64 processor and its system can do. The compiler's own way takes 4 KB of library.

#ifndef ATTAR_X86_FEATURES_H
#define ATTAR_X86_FEATURES_H

enum {
    ATTAR_X86_KNOWN = 1,
    ATTAR_X86_SSE42 = 2,
    ATTAR_X86_AVX2 = 4,     // with FMA
    ATTAR_X86_AVX512 = 8,   // F, DQ, BW, VL
    ATTAR_X86_VNNI = 16
};

/// Whether it has all of these.
int attar_x86_has(unsigned features);

#endif
