// What every linear layer has: its operands, and what follows the sums.

#ifndef ATTAR_LINEAR_VIEW_H
#define ATTAR_LINEAR_VIEW_H

#include "attar/functions.h"
#include "attar_kernels.h"

typedef struct {
    float *out;
    const float *x;
    const char *panels;
    const float *bias;
    const float *residual;
    int64_t rows, inner, outputs;
    attar_activation activation;
} linear_view;

ATTAR_INLINE v16 activated16(v16 y, attar_activation activation) {
    switch (activation) {
    case ATTAR_RELU: return max16(splat16(0), y);
    case ATTAR_GELU: return gelu16(y);
    case ATTAR_NO_ACTIVATION: break;
    }
    return y;
}

/// The operands after the result and `scratch` operands.
ATTAR_INLINE linear_view linear_operands(const attar_call *call, int scratch) {
    const attar_operand *o = call->operand, *in = o + 1 + scratch;
    return (linear_view){
        .out = o[0].data, .x = in[0].data, .panels = in[1].data, .bias = in[2].data, .residual = in[3].data,
        .rows = o[0].rows, .inner = in[0].columns, .outputs = o[0].columns,
        .activation = (attar_activation)call->scalar[0]};
}

#endif
