// The training kernels, written once on sixteen lanes; see the deployable kernels' generic.h for how they are compiled.

#include "dropout.h"
#include "elementwise_gradients.h"
#include "linear_gradients.h"
#include "losses.h"
#include "segment_gradients.h"
#include "updates.h"

const attar_training_kernel_table ATTAR_TABLE = {
    .name = ATTAR_NAME,
    .dropout = dropout,
    .relu_gradient = relu_gradient,
    .gelu_gradient = gelu_gradient,
    .gelu_with_slope = gelu_with_slope,
    .multiply = multiply,
    .linear_input_gradient = linear_input_gradient,
    .linear_weight_gradient = linear_weight_gradient,
    .layer_norm_input_gradient = layer_norm_input_gradient,
    .layer_norm_gain_gradient = layer_norm_gain_gradient,
    .segment_attention_gradient = segment_attention_gradient,
    .mean_pool_gradient = mean_pool_gradient,
    .first_pool_gradient = first_pool_gradient,
    .position_gradient = position_gradient,
    .sum_rows = sum_rows,
    .sum_all = sum_all,
    .broadcast = broadcast,
    .soft_cross_entropy = soft_cross_entropy,
    .soft_cross_entropy_gradient = soft_cross_entropy_gradient,
    .sparse_cross_entropy = sparse_cross_entropy,
    .sparse_cross_entropy_gradient = sparse_cross_entropy_gradient,
    .sum_shards = sum_shards,
    .sum_row_uses = sum_row_uses,
    .sum_squares = sum_squares,
    .average = average,
    .adamw = adamw,
    .adamw_rows = adamw_rows,
    .sgd = sgd,
    .sgd_rows = sgd_rows,
    .adagrad_rows = adagrad_rows,
};
