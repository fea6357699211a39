// Dropout from a counter-based generator.

#include "attar/vector.h"
#include "attar_training_kernels.h"

/// Consecutive positions differ by this in what is hashed.
#define DROPOUT_STRIDE 0x9E3779B9u

/// A 32-bit hash of a 64-bit key and sixteen positions, given times DROPOUT_STRIDE: two rounds of multiply and shift
/// (the finalizer of MurmurHash3).
ATTAR_INLINE v16u draw16(uint64_t key, v16u spread) {
    v16u h = spread ^ (uint32_t)key;
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

/// Keeps an element with probability 1 - rate and scales it by 1 / (1 - rate). The draw is keyed by run (seed and
/// step), op, example and position in the example, so the gradient is the same call on the cotangent.
static void dropout(const attar_call *call) {
    const attar_operand *out = &call->operand[0];
    const uint32_t *keys = call->operand[2].data, *offsets = call->operand[3].data;
    const float rate = call->scalar[0], factor = 1.0f / (1.0f - rate);
    const uint32_t threshold = (uint32_t)((double)rate * 4294967296.0);
    const int64_t examples = call->operand[2].rows;
    for (int64_t e = 0; e < examples; e++) {
        const uint64_t key = mix64(call->run_key ^ mix64(((uint64_t)call->salt << 32) + keys[e] + 1));
        const int64_t from = (offsets ? offsets[e] : e) * out->columns;
        const int64_t to = (offsets ? offsets[e + 1] : e + 1) * out->columns;
        float *y = (float *)out->data + from;
        const float *x = (const float *)call->operand[1].data + from;
        v16u spread = (v16u){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} * DROPOUT_STRIDE;
        int64_t i = 0;
        for (; i + 16 <= to - from; i += 16, spread += 16 * DROPOUT_STRIDE)
            store16(y + i, select16(draw16(key, spread) >= threshold, load16(x + i) * factor, splat16(0)));
        if (i == to - from) continue;
        const int64_t count = to - from - i;
        const v16 part = load_part16(x + i, count, 0) * factor;
        store_part16(y + i, select16(draw16(key, spread) >= threshold, part, splat16(0)), count);
    }
}
