// The training kernels, written once on sixteen lanes; see the deployable kernels' generic.h for how they are compiled.


#include "attar/vector.h"
#include "attar_training_kernels.h"

#define ROUND_UP(x, to) (((x) + (to)-1) / (to) * (to))

// MARK: Dropout

/// A 32-bit hash of a 64-bit key and a position: two rounds of multiply and shift (the finalizer of MurmurHash3).
ATTAR_INLINE uint32_t draw(uint64_t key, uint32_t position) {
    uint32_t h = position * 0x9E3779B9u ^ (uint32_t)key;
    h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
    h = (h ^ (h >> 13)) * 0xC2B2AE35u;
    h = (h ^ (h >> 16)) + (uint32_t)(key >> 32);
    h = (h ^ (h >> 16)) * 0x7FEB352Du;
    h = (h ^ (h >> 15)) * 0x846CA68Bu;
    return h ^ (h >> 16);
}

ATTAR_INLINE uint64_t mix64(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/// Keeps an element with probability 1 - rate and scales it by 1 / (1 - rate). The draw is keyed by run (seed and step), op, example and
/// position in the example, so the gradient is the same call on the cotangent.
static void dropout(const attar_call *call) {
    const attar_operand *out = &call->operand[0];
    const uint32_t *keys = call->operand[2].data, *offsets = call->operand[3].data;
    const float rate = call->scalar[0], factor = 1.0f / (1.0f - rate);
    const uint32_t threshold = (uint32_t)((double)rate * 4294967296.0);
    const int64_t examples = call->operand[2].rows;
    for (int64_t e = 0; e < examples; e++) {
        const uint64_t key = mix64(call->run_key ^ mix64(((uint64_t)call->salt << 32) + keys[e] + 1));
        const int64_t from = offsets ? offsets[e] : e * out->columns;
        const int64_t to = offsets ? offsets[e + 1] : from + out->columns;
        float *y = (float *)out->data + from;
        const float *x = (const float *)call->operand[1].data + from;
        for (int64_t i = 0; i < to - from; i++) y[i] = draw(key, (uint32_t)i) >= threshold ? x[i] * factor : 0.0f;
    }
}

// MARK: Linear and activations

static void relu_gradient(const attar_call *call) {
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data, *dy = call->operand[2].data;
    const int64_t count = call->operand[0].rows * call->operand[0].columns;
    for (int64_t i = 0; i < count; i++) out[i] = x[i] > 0.0f ? dy[i] : 0.0f;
}

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

// MARK: Sums

static void sum_rows(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *x = call->operand[1].data;
    for (int64_t c = 0; c < columns; c++) out[c] = 0.0f;
    for (int64_t r = 0; r < call->operand[1].rows; r++)
        for (int64_t c = 0; c < columns; c++) out[c] = out[c] + x[r * columns + c];
}

static void sum_all(const attar_call *call) {
    const float *x = call->operand[1].data;
    float sum = 0.0f;
    for (int64_t i = 0; i < call->operand[1].rows * call->operand[1].columns; i++) sum = sum + x[i];
    *(float *)call->operand[0].data = sum;
}

static void broadcast(const attar_call *call) {
    const float x = *(const float *)call->operand[1].data;
    float *out = call->operand[0].data;
    for (int64_t i = 0; i < call->operand[0].rows * call->operand[0].columns; i++) out[i] = x;
}

// MARK: Cross-entropy with soft targets

/// Natural logarithm of a positive normal number: x = m 2^e with m near 1, then 2 artanh((m-1)/(m+1)) as a series.
ATTAR_INLINE double log_double(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t exponent = (int64_t)((bits >> 52) & 0x7FF) - 1023;
    bits = (bits & 0xFFFFFFFFFFFFFu) | 0x3FF0000000000000u;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356237309505) {
        m = m * 0.5;
        exponent++;
    }
    const double s = (m - 1.0) / (m + 1.0), q = s * s;
    double p = 1.0 / 19;
    for (int k = 17; k >= 1; k -= 2) p = p * q + 1.0 / k;
    return (double)exponent * 0.69314718055994531 + 2.0 * s * p;
}

/// The largest logit of the row and log(sum exp((z - largest) / T)); e^... goes to `scratch`.
ATTAR_INLINE float log_sum_exp(const float *z, int64_t columns, float inverse, float *scratch, float *largest) {
    *largest = row_max(z, columns, z[0]);
    return row_exp_sum(scratch, z, columns, *largest, inverse);
}

/// out[r] = -weight[r] * sum over c of target[r,c] * log softmax(z[r] / T)[c]. The second output is scratch for one row.
static void soft_cross_entropy(const attar_call *call) {
    const int64_t columns = call->operand[2].columns;
    float *out = call->operand[0].data, *scratch = call->operand[1].data;
    const float *z = call->operand[2].data, *target = call->operand[3].data, *weight = call->operand[4].data;
    const float inverse = 1.0f / call->scalar[0];
    for (int64_t r = 0; r < call->operand[2].rows; r++, z += columns, target += columns) {
        float largest;
        const float total = log_sum_exp(z, columns, inverse, scratch, &largest);
        const double log_total = log_double((double)total);
        double sum = 0.0;
        for (int64_t c = 0; c < columns; c++)
            sum += (double)target[c] * (log_total - (double)((z[c] - largest) * inverse));
        out[r] = (float)((double)weight[r] * sum);
    }
}

/// out[r,c] = dy[r] * weight[r] / T * (softmax(z / T)[c] * sum(target[r]) - target[r,c]).
static void soft_cross_entropy_gradient(const attar_call *call) {
    const int64_t columns = call->operand[0].columns;
    float *out = call->operand[0].data;
    const float *z = call->operand[1].data, *target = call->operand[2].data, *weight = call->operand[3].data;
    const float *dy = call->operand[4].data;
    const float inverse = 1.0f / call->scalar[0];
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += columns, z += columns, target += columns) {
        float largest, mass = 0.0f;
        const float total = log_sum_exp(z, columns, inverse, out, &largest);
        for (int64_t c = 0; c < columns; c++) mass = mass + target[c];
        const float factor = dy[r] * weight[r] * inverse;
        for (int64_t c = 0; c < columns; c++) out[c] = factor * (out[c] / total * mass - target[c]);
    }
}

// MARK: Between shards and optimizer

static void sum_shards(float *sum, const float *const *shard, int64_t shards, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i += 16) {
        const int64_t count = to - i < 16 ? to - i : 16;
        v16 total = load_part16(shard[0] + i, count, 0);
        for (int64_t s = 1; s < shards; s++) total = total + load_part16(shard[s] + i, count, 0);
        store_part16(sum + i, total, count);
    }
}

static void sum_row_uses(
    float *gradient, const attar_row_use *use, const uint32_t *first, int64_t from, int64_t to, int64_t width) {
    for (int64_t u = from; u < to; u++) {
        for (int64_t d = 0; d < width; d += 16) {
            const int64_t count = width - d < 16 ? width - d : 16;
            v16 total = splat16(0), part = splat16(0);
            uint32_t shard = use[first[u]].shard;
            for (uint32_t i = first[u]; i < first[u + 1]; i++) {
                if (use[i].shard != shard) {
                    total = total + part;
                    part = splat16(0);
                    shard = use[i].shard;
                }
                const float *source = use[i].source + d;
                const v16 lanes = count == 16 ? load16(source) : load_part16(source, count, 0);
                part = fma16(splat16(use[i].weight), lanes, part);
            }
            total = total + part;
            float *to_row = gradient + u * width + d;
            if (count == 16) store16(to_row, total);
            else store_part16(to_row, total, count);
        }
    }
}

ATTAR_INLINE void adamw_lanes(float *x, float *m, float *v, const float *g, int64_t count, const attar_adamw *s) {
    const v16 gradient = count == 16 ? load16(g) : load_part16(g, count, 0);
    const v16 first = fma16(gradient, splat16(1.0f - s->beta1), (count == 16 ? load16(m) : load_part16(m, count, 0)) * splat16(s->beta1));
    const v16 second = fma16(
        gradient * gradient, splat16(1.0f - s->beta2),
        (count == 16 ? load16(v) : load_part16(v, count, 0)) * splat16(s->beta2));
    const v16 root = __builtin_elementwise_sqrt(second / splat16(s->correction2)) + splat16(s->epsilon);
    const v16 old = count == 16 ? load16(x) : load_part16(x, count, 0);
    const v16 decayed = old * splat16(1.0f - s->learning_rate * s->weight_decay);
    const v16 value = decayed - splat16(s->learning_rate / s->correction1) * first / root;
    if (count == 16) {
        store16(m, first);
        store16(v, second);
        store16(x, value);
    } else {
        store_part16(m, first, count);
        store_part16(v, second, count);
        store_part16(x, value, count);
    }
}

static void adamw(float *x, float *m, float *v, const float *gradient, int64_t from, int64_t to, attar_adamw settings) {
    for (int64_t i = from; i < to; i += 16)
        adamw_lanes(x + i, m + i, v + i, gradient + i, to - i < 16 ? to - i : 16, &settings);
}

static void adamw_rows(
    float *x, float *m, float *v, const float *gradient, const uint32_t *row, int64_t from, int64_t to, int64_t width,
    attar_adamw settings) {
    for (int64_t u = from; u < to; u++) {
        const int64_t at = (int64_t)row[u] * width;
        for (int64_t d = 0; d < width; d += 16)
            adamw_lanes(x + at + d, m + at + d, v + at + d, gradient + u * width + d, width - d < 16 ? width - d : 16, &settings);
    }
}

static void adagrad_rows(
    float *x, float *squares, const float *gradient, const uint32_t *row, int64_t from, int64_t to, int64_t width,
    attar_adagrad settings) {
    const v16 keep = splat16(1.0f - settings.learning_rate * settings.weight_decay);
    for (int64_t u = from; u < to; u++) {
        for (int64_t d = 0; d < width; d += 16) {
            const int64_t count = width - d < 16 ? width - d : 16, at = (int64_t)row[u] * width + d;
            const v16 g = load_part16(gradient + u * width + d, count, 0);
            const v16 sum = fma16(g, g, load_part16(squares + at, count, 0));
            const v16 root = __builtin_elementwise_sqrt(sum) + splat16(settings.epsilon);
            store_part16(squares + at, sum, count);
            store_part16(x + at, load_part16(x + at, count, 0) * keep - splat16(settings.learning_rate) * g / root, count);
        }
    }
}

const attar_training_kernel_table ATTAR_TABLE = {
    .name = ATTAR_NAME,
    .dropout = dropout,
    .relu_gradient = relu_gradient,
    .linear_input_gradient = linear_input_gradient,
    .linear_weight_gradient = linear_weight_gradient,
    .sum_rows = sum_rows,
    .sum_all = sum_all,
    .broadcast = broadcast,
    .soft_cross_entropy = soft_cross_entropy,
    .soft_cross_entropy_gradient = soft_cross_entropy_gradient,
    .sum_shards = sum_shards,
    .sum_row_uses = sum_row_uses,
    .adamw = adamw,
    .adamw_rows = adamw_rows,
    .adagrad_rows = adagrad_rows,
};
