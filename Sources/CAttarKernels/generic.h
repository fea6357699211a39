// The deployable kernels, written once on sixteen lanes. Each instruction set includes this file inside its target
// pragma after defining ATTAR_TABLE (the table's symbol), ATTAR_NAME, the tile of matrix.h and ATTAR_DOT of
// linear_int8.h.

#include "elementwise.h"
#include "embedding.h"
#include "linear.h"
#include "linear_int8.h"
#include "segments.h"

/// A table of these kernels under a name of its own, with that kernel of integer linear layers.
#define ATTAR_KERNELS(table_name, integer_linear) \
    {                                             \
        .name = table_name,                       \
        .embedding_bag_f32 = embedding_bag_f32,   \
        .embedding_bag_i8 = embedding_bag_i8,     \
        .embedding_bag_i4 = embedding_bag_i4,     \
        .embedding_f32 = embedding_f32,           \
        .embedding_i8 = embedding_i8,             \
        .embedding_i4 = embedding_i4,             \
        .add_positions = add_positions,           \
        .linear_f32 = linear_f32,                 \
        .linear_i8 = integer_linear,              \
        .relu = relu,                             \
        .gelu = gelu,                             \
        .add = add,                               \
        .scale = scale,                           \
        .layer_norm = layer_norm,                 \
        .softmax = softmax,                       \
        .segment_attention = segment_attention,   \
        .mean_pool = mean_pool,                   \
        .first_pool = first_pool,                 \
    }

const attar_kernel_table ATTAR_TABLE = ATTAR_KERNELS(ATTAR_NAME, linear_i8);
