// Counts heap allocations by replacing the C library's allocation functions in the program that links this.

#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

/// Whether this build counts: with glibc, and without a sanitizer that replaces the functions itself.
bool allocation_counter_works(void);

/// Turns counting on or off for the calling thread; it starts off.
void allocation_counter_set(bool counts);

/// Allocations so far in the calling thread while it counted: tests that run beside each other do not meet here.
int64_t allocation_counter_read_own(void);

/// Allocations so far in all threads that count.
int64_t allocation_counter_read(void);

/// Bytes that those allocations asked for.
int64_t allocation_counter_read_bytes(void);

#endif
