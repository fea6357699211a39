// Training kernels: backward passes, random masks and optimizer updates. They never reach a deployed model.

#ifndef ATTAR_TRAINING_KERNELS_H
#define ATTAR_TRAINING_KERNELS_H

#include "attar_kernels.h"

/// One use of a table row in a shard: the example's cotangent and the feature's weight.
typedef struct {
    const float *source;
    float weight;
    uint32_t shard;
} attar_row_use;

/// AdamW with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2).
typedef struct {
    float learning_rate;
    float beta1, beta2, epsilon;
    float weight_decay;
    float correction1, correction2;  // 1 - beta^step
    float gradient_scale;            // gradients are multiplied by it first (clipping)
} attar_adamw;

/// Adagrad (Duchi et al. 2011, equation 4, diagonal form).
typedef struct {
    float learning_rate;
    float epsilon;
    float weight_decay;
    float gradient_scale;
} attar_adagrad;

/// Gradient descent with momentum: m = momentum m + g, x -= learning_rate m, with decoupled weight decay.
typedef struct {
    float learning_rate;
    float momentum;
    float weight_decay;
    float gradient_scale;
} attar_sgd;

typedef struct {
    const char *name;
    // Instructions.
    // dropout: out[r,c], x[r,c], keys[r]; or x[t,c] with keys[r], offsets[r+1]. scalar[0] the rate
    attar_kernel dropout;
    attar_kernel relu_gradient;           // out[r,c], x[r,c] (or relu's result), dy[r,c]
    attar_kernel gelu_gradient;           // out[r,c], x[r,c], dy[r,c]
    attar_kernel gelu_with_slope;         // out[r,c], slope[r,c], x[r,c]: dy times slope is the gradient, to the bit
    attar_kernel multiply;                // out[r,c], a[r,c], b[r,c]
    attar_kernel linear_input_gradient;   // out[r,k], dy[r,n], w panels [n,k], scratch panels [k,n]
    attar_kernel linear_weight_gradient;  // out panels [n,k], x[r,k], dy[r,n]
    attar_kernel layer_norm_input_gradient;  // out[r,c], x[r,c], gain[1,c], dy[r,c]; scalar[0] epsilon
    attar_kernel layer_norm_gain_gradient;   // out[1,c], x[r,c], dy[r,c]; scalar[0] epsilon
    attar_kernel segment_attention_gradient;  // out[t,3w], scratch[t + 16, 2 w / heads + 64], qkv[t,3w], dy[t,w],
                                              // offsets[r+1]; scalar[0] heads
    attar_kernel mean_pool_gradient;      // out[t,w], dy[r,w], offsets[r+1]
    attar_kernel first_pool_gradient;     // same
    attar_kernel position_gradient;       // out[l,d], dy[t,d], offsets[r+1]
    attar_kernel sum_rows;                // out[1,c], x[r,c]
    attar_kernel sum_all;                 // out[1,1], x[r,c]
    attar_kernel broadcast;               // out[r,c], x[1,1]
    // Losses: scalar[0] the temperature. The ids of a row are distinct; one from c up is padding.
    attar_kernel soft_cross_entropy;      // out[r,1], scratch[1,c], logits[r,c], targets[r,c], weights[r]
    attar_kernel soft_cross_entropy_gradient;  // out[r,c], logits[r,c], targets[r,c], weights[r], dy[r,1]
    attar_kernel sparse_cross_entropy;    // out[r,1], scratch[1,c], logits[r,c], ids[r,k], targets[r,k], weights[r]
    attar_kernel sparse_cross_entropy_gradient;  // out[r,c], logits[r,c], ids[r,k], targets[r,k], weights[r], dy[r,1]
    // Between shards and optimizer.
    /// sum[i] = shard[0][i] + shard[1][i] + ... in this order, for i in from..<to.
    void (*sum_shards)(float *sum, const float *const *shard, int64_t shards, int64_t from, int64_t to);
    /// gradient[u] = sum over the uses first[u]..<first[u+1] of weight * source: one FMA chain a shard, shards added in
    /// order.
    void (*sum_row_uses)(float *gradient, const attar_row_use *use, const uint32_t *first, int64_t from, int64_t to,
                         int64_t width);
    /// The sum of squares of x[from]..<x[to]: sixteen chains in double, element i in chain (i - from) mod 16, then a
    /// fixed fold.
    double (*sum_squares)(const float *x, int64_t from, int64_t to);
    /// mean = decay mean + (1 - decay) x for elements from..<to.
    void (*average)(float *mean, const float *x, float decay, int64_t from, int64_t to);
    /// Updates elements from..<to.
    void (*adamw)(float *x, float *m, float *v, const float *gradient, int64_t from, int64_t to, attar_adamw settings);
    /// Updates the rows row[u], u in from..<to, with gradient[u]: moments of other rows stay as they are ("lazy").
    void (*adamw_rows)(float *x, float *m, float *v, const float *gradient, const uint32_t *row, int64_t from,
                       int64_t to, int64_t width, attar_adamw settings);
    /// The same by momentum.
    void (*sgd)(float *x, float *momentum, const float *gradient, int64_t from, int64_t to, attar_sgd settings);
    void (*sgd_rows)(float *x, float *momentum, const float *gradient, const uint32_t *row, int64_t from, int64_t to,
                     int64_t width, attar_sgd settings);
    /// The same by Adagrad; `squares` are the sums of squared gradients.
    void (*adagrad_rows)(float *x, float *squares, const float *gradient, const uint32_t *row, int64_t from, int64_t to,
                         int64_t width, attar_adagrad settings);
} attar_training_kernel_table;

/// The training kernels for the deployable table of that name; null where it is unknown.
const attar_training_kernel_table *attar_training_kernels_select(const char *name);

#endif
