// Deployable kernels: the inner loops that a model file may ask for.
//
// Every kernel has one signature and reads its operands, outputs first, from an `attar_call`. Results are canonical:
// the order of float operations depends on nothing but the shapes of one row, so every instruction set, batch size and
// thread count gives the same bits.

#ifndef ATTAR_KERNELS_H
#define ATTAR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define ATTAR_MAX_OPERANDS 8
/// Outputs are computed in panels of this many lanes; row reductions keep this many partial results.
#define ATTAR_LANES 16

/// A matrix in memory: a pointer with its shape beside it.
typedef struct {
    void *data;
    int64_t rows;
    int64_t columns;
} attar_operand;

/// What one instruction works on.
typedef struct {
    attar_operand operand[ATTAR_MAX_OPERANDS];
    float scalar[2];    // immediates of the instruction
    uint32_t salt;      // tells random ops of one program apart
    uint64_t run_key;   // seed and step of this run, for random ops
} attar_call;

/// What a linear layer applies before it adds the residual.
typedef enum { ATTAR_NO_ACTIVATION = 0, ATTAR_RELU = 1, ATTAR_GELU = 2 } attar_activation;

typedef void (*attar_kernel)(const attar_call *call);

/// One instruction set's kernels.
typedef struct {
    const char *name;
    attar_kernel embedding_bag_f32;  // out[r,d], table[v,d], ids[f], weights[f], offsets[r+1]
    attar_kernel embedding_bag_i8;   // same, table in int8 rows
    attar_kernel embedding_bag_i4;   // same, table in int4 rows
    attar_kernel embedding_f32;      // out[t,d], table[v,d], ids[t]
    attar_kernel embedding_i8;       // same, table in int8 rows
    attar_kernel embedding_i4;       // same, table in int4 rows
    attar_kernel add_positions;      // out[t,d], x[t,d], positions[l,d], offsets[r+1]; tokens past l take the last
    attar_kernel linear_f32;         // out[r,n], x[r,k], w panels [n,k], bias[1,n] or null, residual[r,n] or null;
                                     // scalar[0] an attar_activation: activation(x w^T + bias) + residual
    attar_kernel linear_i8;          // out[r,n], scratch[16, 8 a 16 of k], x[r,k], w int8 panels [n,k], then as above;
                                     // a row of x goes to int8 by its largest magnitude, sums are exact
    attar_kernel relu;               // out[r,c], x[r,c]
    attar_kernel gelu;               // out[r,c], x[r,c]
    attar_kernel add;                // out[r,c], a[r,c], b[r,c]
    attar_kernel scale;              // out[r,c], x[r,c]; scalar[0] the factor
    attar_kernel layer_norm;         // out[r,c], x[r,c], gain[1,c], bias[1,c]; scalar[0] epsilon
    attar_kernel softmax;            // out[r,c], x[r,c]; scalar[0] the temperature
    attar_kernel segment_attention;  // out[t,w], scratch[t + 16, w / heads + 16], qkv[t,3w], offsets[r+1];
                                     // scalar[0] heads
    attar_kernel mean_pool;          // out[r,w], x[t,w], offsets[r+1]; an empty segment gives zeros
    attar_kernel first_pool;         // same
} attar_kernel_table;

/// The fastest table that this processor runs, or the one of that name ("portable", "avx2", "avx512", "avx512vnni",
/// "neon", "neondot"); null where the name is unknown or the processor cannot run it.
const attar_kernel_table *attar_kernels_select(const char *name);

/// The name of the `index`th table that this processor runs, fastest first; null past the last.
const char *attar_kernels_name(int index);

/// Whether the sums of codes that int8 panels [outputs, inner] hold are those of the codes that follow them, padding
/// included. Kernels rely on it.
int attar_int8_sums_are_right(const void *panels, int64_t outputs, int64_t inner);

/// CRC-32C (Castagnoli) of `size` bytes, continuing `crc` (0 to start).
uint32_t attar_crc32c(uint32_t crc, const void *bytes, size_t size);

/// SHA-256 of bytes that come in parts.
typedef struct {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
} attar_sha256;

void attar_sha256_start(attar_sha256 *hash);
void attar_sha256_add(attar_sha256 *hash, const void *bytes, size_t size);
void attar_sha256_finish(attar_sha256 *hash, unsigned char digest[32]);

#endif
