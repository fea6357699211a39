// Between shards and parameters: sums over shards, norms, optimizers.

#include "attar/vector.h"
#include "attar_training_kernels.h"

static void sum_shards(float *sum, const float *const *shard, int64_t shards, int64_t from, int64_t to) {
    int64_t i = from;
    for (; i + 16 <= to; i += 16) {
        v16 total = load16(shard[0] + i);
        for (int64_t s = 1; s < shards; s++) total = total + load16(shard[s] + i);
        store16(sum + i, total);
    }
    if (i < to) {
        const int64_t count = to - i;
        v16 total = load_part16(shard[0] + i, count, 0);
        for (int64_t s = 1; s < shards; s++) total = total + load_part16(shard[s] + i, count, 0);
        store_part16(sum + i, total, count);
    }
}

static void sum_row_uses(
    float *gradient, const attar_row_use *use, const uint32_t *first, int64_t from, int64_t to, int64_t width) {
    for (int64_t u = from; u < to; u++) {
        for (int64_t d = 0; d < width; d += 16) {
            const int64_t count = lanes_left(width, d);
            v16 total = splat16(0), part = splat16(0);
            uint32_t shard = use[first[u]].shard;
            for (uint32_t i = first[u]; i < first[u + 1]; i++) {
                if (use[i].shard != shard) {
                    total = total + part;
                    part = splat16(0);
                    shard = use[i].shard;
                }
                const float *source = use[i].source + d;
                part = fma16(splat16(use[i].weight), load_part16(source, count, 0), part);
            }
            total = total + part;
            store_part16(gradient + u * width + d, total, count);
        }
    }
}


static double sum_squares(const float *x, int64_t from, int64_t to) {
    double lane[16] = {0};
    int64_t i = from;
    for (; i + 16 <= to; i += 16)
        for (int j = 0; j < 16; j++) lane[j] = lane[j] + (double)x[i + j] * (double)x[i + j];
    for (int j = 0; i + j < to; j++) lane[j] = lane[j] + (double)x[i + j] * (double)x[i + j];
    for (int half = 8; half > 0; half /= 2)
        for (int j = 0; j < half; j++) lane[j] = lane[j] + lane[j + half];
    return lane[0];
}

static void average(float *mean, const float *x, float decay, int64_t from, int64_t to) {
    const float rest = 1.0f - decay;
    for (int64_t i = from; i < to; i += 16) {
        const int64_t count = lanes_left(to, i);
        const v16 share = load_part16(x + i, count, 0) * splat16(rest);
        store_part16(mean + i, fma16(load_part16(mean + i, count, 0), splat16(decay), share), count);
    }
}

// MARK: Optimizers

ATTAR_INLINE void adamw_lanes(float *x, float *m, float *v, const float *g, int64_t count, const attar_adamw *s) {
    const v16 gradient = load_part16(g, count, 0) * splat16(s->gradient_scale);
    const v16 first = fma16(gradient, splat16(1.0f - s->beta1), load_part16(m, count, 0) * splat16(s->beta1));
    const v16 kept = load_part16(v, count, 0) * splat16(s->beta2);
    const v16 second = fma16(gradient * gradient, splat16(1.0f - s->beta2), kept);
    const v16 root = __builtin_elementwise_sqrt(second / splat16(s->correction2)) + splat16(s->epsilon);
    const v16 decayed = load_part16(x, count, 0) * splat16(1.0f - s->learning_rate * s->weight_decay);
    store_part16(m, first, count);
    store_part16(v, second, count);
    store_part16(x, decayed - splat16(s->learning_rate / s->correction1) * first / root, count);
}

static void adamw(float *x, float *m, float *v, const float *gradient, int64_t from, int64_t to, attar_adamw settings) {
    int64_t i = from;
    for (; i + 16 <= to; i += 16) adamw_lanes(x + i, m + i, v + i, gradient + i, 16, &settings);
    if (i < to) adamw_lanes(x + i, m + i, v + i, gradient + i, to - i, &settings);
}

static void adamw_rows(
    float *x, float *m, float *v, const float *gradient, const uint32_t *row, int64_t from, int64_t to, int64_t width,
    attar_adamw settings) {
    for (int64_t u = from; u < to; u++) {
        // Rows lie anywhere in memory: the next one's come closer meanwhile.
        const int64_t at = (int64_t)row[u] * width, next = (int64_t)row[u + 1 < to ? u + 1 : u] * width;
        for (int64_t d = 0; d < width; d += 16) {
            __builtin_prefetch(x + next + d, 1);
            __builtin_prefetch(m + next + d, 1);
            __builtin_prefetch(v + next + d, 1);
            adamw_lanes(
                x + at + d, m + at + d, v + at + d, gradient + u * width + d, lanes_left(width, d), &settings);
        }
    }
}

ATTAR_INLINE void sgd_lanes(float *x, float *momentum, const float *g, int64_t count, const attar_sgd *s) {
    const v16 gradient = load_part16(g, count, 0) * splat16(s->gradient_scale);
    const v16 m = fma16(load_part16(momentum, count, 0), splat16(s->momentum), gradient);
    const v16 decayed = load_part16(x, count, 0) * splat16(1.0f - s->learning_rate * s->weight_decay);
    store_part16(momentum, m, count);
    store_part16(x, fma16(m, splat16(-s->learning_rate), decayed), count);
}

static void sgd(float *x, float *momentum, const float *gradient, int64_t from, int64_t to, attar_sgd settings) {
    for (int64_t i = from; i < to; i += 16)
        sgd_lanes(x + i, momentum + i, gradient + i, lanes_left(to, i), &settings);
}

static void sgd_rows(
    float *x, float *momentum, const float *gradient, const uint32_t *row, int64_t from, int64_t to, int64_t width,
    attar_sgd settings) {
    for (int64_t u = from; u < to; u++) {
        const int64_t at = (int64_t)row[u] * width;
        for (int64_t d = 0; d < width; d += 16)
            sgd_lanes(x + at + d, momentum + at + d, gradient + u * width + d, lanes_left(width, d), &settings);
    }
}

static void adagrad_rows(
    float *x, float *squares, const float *gradient, const uint32_t *row, int64_t from, int64_t to, int64_t width,
    attar_adagrad settings) {
    const v16 keep = splat16(1.0f - settings.learning_rate * settings.weight_decay);
    for (int64_t u = from; u < to; u++) {
        for (int64_t d = 0; d < width; d += 16) {
            const int64_t count = lanes_left(width, d), at = (int64_t)row[u] * width + d;
            const v16 g = load_part16(gradient + u * width + d, count, 0) * splat16(settings.gradient_scale);
            const v16 sum = fma16(g, g, load_part16(squares + at, count, 0));
            const v16 root = __builtin_elementwise_sqrt(sum) + splat16(settings.epsilon);
            store_part16(squares + at, sum, count);
            const v16 step = splat16(settings.learning_rate) * g / root;
            store_part16(x + at, load_part16(x + at, count, 0) * keep - step, count);
        }
    }
}
