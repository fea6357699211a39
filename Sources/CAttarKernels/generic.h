// The deployable kernels, written once on sixteen lanes. Each instruction set includes this file inside its target
// pragma after defining ATTAR_TABLE (the table's symbol), ATTAR_NAME, and the tile of matrix.h.

#include "elementwise.h"
#include "embedding.h"
#include "linear.h"
#include "segments.h"

const attar_kernel_table ATTAR_TABLE = {
    .name = ATTAR_NAME,
    .embedding_bag_f32 = embedding_bag_f32,
    .embedding_bag_i8 = embedding_bag_i8,
    .embedding_bag_i4 = embedding_bag_i4,
    .embedding_f32 = embedding_f32,
    .embedding_i8 = embedding_i8,
    .embedding_i4 = embedding_i4,
    .add_positions = add_positions,
    .linear_f32 = linear_f32,
    .linear_i8 = linear_i8,
    .relu = relu,
    .gelu = gelu,
    .add = add,
    .scale = scale,
    .layer_norm = layer_norm,
    .softmax = softmax,
    .segment_attention = segment_attention,
    .mean_pool = mean_pool,
    .first_pool = first_pool,
};
