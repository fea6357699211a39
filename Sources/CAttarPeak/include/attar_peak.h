// The speed limit of matrix products: fused multiply-adds on registers, without any memory.

#ifndef ATTAR_PEAK_H
#define ATTAR_PEAK_H

#include <stdint.h>

/// Numbers that `attar_peak_run` reads.
#define ATTAR_PEAK_OPERANDS 256

/// Runs `rounds` rounds of independent fused multiply-adds in the widest vectors that this processor has; gives the
/// floating-point operations that it did, and in `sum` a number that depends on all of them.
///
/// Operands ought to be random: with equal or simple numbers some processors draw less power and clock higher than
/// any product ever does.
double attar_peak_run(int64_t rounds, const float operands[ATTAR_PEAK_OPERANDS], float *sum);

#endif
