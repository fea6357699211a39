// Cross-entropy with soft targets, dense and sparse, and its gradient.

#include "attar/functions.h"
#include "attar_training_kernels.h"

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

/// out[r] = -weight[r] * sum over c of target[r,c] * log softmax(z[r] / T)[c]. The second output is scratch for one
/// row.
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


// MARK: The largest targets only

/// What a row's named classes hold.
typedef struct {
    float mass;     // their targets
    float tail;     // what the targets leave of 1 for all other classes together
    float rest;     // e^... of the other classes
} sparse_row;

/// Sums targets in the order of their slots and e^... of the other classes in the order of classes. `exponentials` are
/// those of all classes; the named ones are set to zero.
ATTAR_INLINE sparse_row sparse_targets(
    float *exponentials, const uint32_t *ids, const float *targets, int64_t slots, int64_t classes) {
    sparse_row row = {0, 0, 0};
    int64_t named = 0;
    for (int64_t s = 0; s < slots; s++) {
        if (ids[s] >= classes) continue;
        row.mass = row.mass + targets[s];
        exponentials[ids[s]] = 0.0f;
        named++;
    }
    row.tail = named < classes && row.mass < 1.0f ? 1.0f - row.mass : 0.0f;
    v16 rest = splat16(0);
    for (int64_t c = 0; c < classes; c += 16) rest = rest + load_part16(exponentials + c, lanes_left(classes, c), 0);
    row.rest = fold_sum16(rest);
    if (row.rest < 0x1p-126f) row.rest = 0x1p-126f;
    return row;
}

/// out[r] = -weight * (sum over the named classes of target * log q + tail * log(sum of q over the others)), q =
/// softmax(z / T).
static void sparse_cross_entropy(const attar_call *call) {
    const int64_t classes = call->operand[2].columns, slots = call->operand[3].columns;
    float *out = call->operand[0].data, *scratch = call->operand[1].data;
    const float *z = call->operand[2].data, *targets = call->operand[4].data, *weight = call->operand[5].data;
    const uint32_t *ids = call->operand[3].data;
    const float inverse = 1.0f / call->scalar[0];
    for (int64_t r = 0; r < call->operand[2].rows; r++, z += classes, ids += slots, targets += slots) {
        float largest;
        const float total = log_sum_exp(z, classes, inverse, scratch, &largest);
        const sparse_row row = sparse_targets(scratch, ids, targets, slots, classes);
        const double log_total = log_double((double)total);
        double sum = 0.0;
        for (int64_t s = 0; s < slots; s++)
            if (ids[s] < classes) sum += (double)targets[s] * (log_total - (double)((z[ids[s]] - largest) * inverse));
        if (row.tail > 0.0f) sum += (double)row.tail * (log_total - log_double((double)row.rest));
        out[r] = (float)((double)weight[r] * sum);
    }
}

/// With f = dy * weight / T: f * (q (mass + tail) - target) for named classes, f * (q (mass + tail) - tail q / rest)
/// for the others.
static void sparse_cross_entropy_gradient(const attar_call *call) {
    const int64_t classes = call->operand[0].columns, slots = call->operand[2].columns;
    float *out = call->operand[0].data;
    const float *z = call->operand[1].data, *targets = call->operand[3].data, *weight = call->operand[4].data;
    const uint32_t *ids = call->operand[2].data;
    const float *dy = call->operand[5].data;
    const float inverse = 1.0f / call->scalar[0];
    for (int64_t r = 0; r < call->operand[0].rows; r++, out += classes, z += classes, ids += slots, targets += slots) {
        float largest;
        const float total = log_sum_exp(z, classes, inverse, out, &largest);
        const sparse_row row = sparse_targets(out, ids, targets, slots, classes);
        const v16 factor = splat16(dy[r] * weight[r] * inverse), all = splat16(row.mass + row.tail);
        for (int64_t c = 0; c < classes; c += 16) {
            const int64_t count = lanes_left(classes, c);
            const v16 e = load_part16(out + c, count, 0);
            const v16 other = splat16(row.tail) * (e / splat16(row.rest));
            store_part16(out + c, factor * (e / splat16(total) * all - other), count);
        }
        for (int64_t s = 0; s < slots; s++) {
            if (ids[s] >= classes) continue;
            const v16 e = exp16(splat16((z[ids[s]] - largest) * inverse));
            const v16 named = factor * (e / splat16(total) * all - splat16(targets[s]));
            store_part16(out + ids[s], named, 1);
        }
    }
}
