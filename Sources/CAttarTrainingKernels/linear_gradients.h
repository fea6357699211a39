// Gradients of linear layers.

#include "attar/vector.h"
#include "attar_training_kernels.h"

/// out[r,k] = sum over n of dy[r,n] * w[n,k]: one FMA chain in ascending n. The weights are turned into panels of 16 k first.
static void linear_input_gradient(const attar_call *call) {
    const int64_t rows = call->operand[0].rows, inner = call->operand[0].columns, outputs = call->operand[1].columns;
    const float *panels = call->operand[2].data;
    float *turned = call->operand[3].data;
    for (int64_t k = 0; k < ROUND_UP(inner, 16); k++)
        for (int64_t n = 0; n < outputs; n++)
            turned[(k / 16 * outputs + n) * 16 + k % 16] = k < inner ? panels[(n / 16 * inner + k) * 16 + n % 16] : 0.0f;
    for (int64_t p = 0; p < ROUND_UP(inner, 16) / 16; p++) {
        const float *w = turned + p * outputs * 16;
        const int64_t count = inner - p * 16 < 16 ? inner - p * 16 : 16;
        for (int64_t r = 0; r < rows; r += 4) {
            const int64_t live = rows - r < 4 ? rows - r : 4;
            const float *dy[4];
            for (int64_t i = 0; i < 4; i++) dy[i] = (const float *)call->operand[1].data + (r + (i < live ? i : 0)) * outputs;
            v16 sum[4] = {splat16(0), splat16(0), splat16(0), splat16(0)};
            for (int64_t n = 0; n < outputs; n++) {
                const v16 lanes = load16(w + n * 16);
                for (int i = 0; i < 4; i++) sum[i] = fma16(splat16(dy[i][n]), lanes, sum[i]);
            }
            for (int64_t i = 0; i < live; i++) {
                store_part16((float *)call->operand[0].data + (r + i) * inner + p * 16, sum[i], count);
            }
        }
    }
}

/// out[n,k] = sum over r of dy[r,n] * x[r,k]: one FMA chain in ascending r, lanes are 16 outputs.
static void linear_weight_gradient(const attar_call *call) {
    const int64_t rows = call->operand[1].rows, inner = call->operand[1].columns, outputs = call->operand[2].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    for (int64_t p = 0; p < ROUND_UP(outputs, 16) / 16; p++) {
        const int64_t count = outputs - p * 16 < 16 ? outputs - p * 16 : 16;
        for (int64_t k = 0; k < inner; k += 4) {
            const int64_t live = inner - k < 4 ? inner - k : 4;
            v16 sum[4] = {splat16(0), splat16(0), splat16(0), splat16(0)};
            for (int64_t r = 0; r < rows; r++) {
                const float *from = dy + r * outputs + p * 16;
                const v16 lanes = count == 16 ? load16(from) : load_part16(from, count, 0);
                const float *xr = x + r * inner + k;
                for (int64_t i = 0; i < 4; i++) sum[i] = fma16(splat16(xr[i < live ? i : 0]), lanes, sum[i]);
            }
            for (int64_t i = 0; i < live; i++) store16(out + (p * inner + k + i) * 16, sum[i]);
        }
    }
}
