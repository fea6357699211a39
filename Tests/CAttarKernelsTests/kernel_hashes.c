// Prints a hash of what each kernel makes of seeded operands over many shapes, for the table named by the argument.
// Tables that agree bit by bit print the same lines, whatever machine they run on; see scripts/test-neon.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attar_training_kernels.h"

enum { SHAPES = 60 };

static uint64_t state;

static uint64_t next(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int64_t below(int64_t bound) {
    return (int64_t)(next() % (uint64_t)bound);
}

/// In steps of 2^-12 within (-4, 4): exact on any machine.
static float number(void) {
    return (float)(below(32767) - 16383) / 4096.0f;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001B3u;
    return hash;
}

// MARK: Shapes

typedef struct {
    int64_t rows, inner, outputs, slots;                     // r, k, n, a
    int64_t examples, tokens, heads, size, positions, table;  // e, t, -, -, l, v
    uint32_t offsets[9];
} shape;

static int64_t any_size(int64_t largest) {
    static const int64_t edges[] = {1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 32, 33, 48, 64};
    return below(2) ? edges[below(14)] : 1 + below(largest);
}

static shape any_shape(int index) {
    // Now and then beyond every block of the products.
    const int large = index % 20 == 19;
    shape s = {
        .rows = below(5) ? any_size(40) : 0, .inner = any_size(large ? 600 : 80), .outputs = any_size(large ? 500 : 80),
        .slots = 1 + below(6), .examples = below(9), .heads = 1 + below(4), .size = any_size(40),
        .positions = 1 + below(20), .table = 1 + below(50)};
    if (large) s.rows += 200;
    for (int64_t e = 0; e < s.examples; e++) s.offsets[e + 1] = s.offsets[e] + (uint32_t)(below(5) ? below(40) : 0);
    s.tokens = s.offsets[s.examples];
    return s;
}

static int64_t extent(char letter, const shape *s) {
    switch (letter) {
    case '1': return 1;
    case 'r': return s->rows;
    case 'k': return s->inner;
    case 'n': return s->outputs;
    case 'a': return s->slots;
    case 'e': return s->examples;
    case 't': return s->tokens;
    case 'w': return s->heads * s->size;
    case 'W': return s->heads * s->size * 3;
    case 'l': return s->positions;
    case 'v': return s->table;
    case 'T': return s->tokens + 16;
    case 'S': return s->size + 16;
    case 'G': return 2 * s->size + 64;
    case 'Q': return 16 * (s->inner + 16);
    default: abort();
    }
}

// MARK: Operands

static int64_t rounded(int64_t x, int64_t to) {
    return (x + to - 1) / to * to;
}

/// Scales, padded to 64 bytes, then codes; sixteen bytes more, since int4 rows are read in whole groups.
static void *quantized(int64_t scales, int64_t codes) {
    const int64_t at = rounded(scales * 4, 64);
    char *block = calloc(1, (size_t)(at + codes + 16));
    for (int64_t i = 0; i < scales; i++) ((float *)block)[i] = (float)(1 + below(1000)) / 4096.0f;
    for (int64_t i = 0; i < codes; i++) block[at + i] = (char)next();
    return block;
}

/// Scales, the sums of codes, then the codes.
static void *int8_panels(int64_t outputs, int64_t inner) {
    char *scales = quantized(outputs, outputs * inner), *block = malloc((size_t)(outputs * (8 + inner)));
    memcpy(block, scales, (size_t)outputs * 4);
    memcpy(block + outputs * 8, scales + outputs * 4, (size_t)(outputs * inner));
    for (int64_t o = 0; o < outputs; o++) {
        const signed char *panel = (const signed char *)block + outputs * 8 + o / 16 * inner * 16;
        int32_t sum = 0;
        for (int64_t i = 0; i < inner; i++) sum += panel[i / 4 * 64 + o % 16 * 4 + i % 4];
        memcpy(block + outputs * 4 + o * 4, &sum, sizeof sum);
    }
    free(scales);
    return block;
}

static void *floats(int64_t count, int probabilities) {
    float *x = malloc((size_t)(count + 1) * sizeof(float));
    for (int64_t i = 0; i < count; i++) x[i] = probabilities ? (float)below(4096) / 16384.0f : number();
    return x;
}

static uint32_t *words(int64_t count, int64_t bound) {
    uint32_t *x = malloc((size_t)(count + 1) * sizeof(uint32_t));
    for (int64_t i = 0; i < count; i++) x[i] = (uint32_t)below(bound);
    return x;
}

/// Distinct in each row, some of them beyond the classes.
static uint32_t *classes(int64_t rows, int64_t slots, int64_t count) {
    uint32_t *x = words(rows * slots, 1);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0, first = below(count + 2); j < slots; j++) x[i * slots + j] = (uint32_t)(first + j);
    return x;
}

/// One operand from three letters: kind, rows, columns.
static attar_operand operand(const char *spec, const shape *s) {
    const int64_t rows = extent(spec[1], s), columns = extent(spec[2], s);
    attar_operand o = {NULL, rows, columns};
    switch (spec[0]) {
    case 'f': o.data = floats(rows * columns, 0); break;
    case 'd': o.data = floats(rows * columns, 1); break;
    case 'p': o.data = floats(rounded(rows, 16) * columns, 0); break;                       // panels
    case 'q': o.data = int8_panels(rounded(rows, 16), rounded(columns, 4)); break;
    case 'b': o.data = quantized(rows, rows * columns); break;                              // int8 rows
    case 'h': o.data = quantized(rows, rows * rounded(columns, 32) / 2); break;              // int4 rows
    case 'i': o.data = words(rows, s->table); break;                                        // ids
    case 'c': o.data = classes(rows, columns, s->outputs); break;
    case 'y': o.data = words(rows, UINT32_MAX); break;                                      // keys
    case 'g':                                                                               // offsets
        o.rows++;
        o.data = memcpy(words(9, 1), s->offsets, sizeof s->offsets);
        break;
    default: abort();
    }
    return o;
}

typedef struct {
    const char *name;
    attar_kernel function;
    const char *operands;  // results come first as o (P: in panels), scratch as s
    float scalar;
} instruction;

static uint64_t run(const instruction *instruction, const shape *s) {
    attar_call call = {.scalar = {instruction->scalar}, .salt = 3, .run_key = next()};
    if (strstr(instruction->name, "attention")) call.scalar[0] = (float)s->heads;
    size_t bytes[8] = {0};
    int count = 0;
    for (const char *spec = instruction->operands; *spec; spec += spec[3] ? 4 : 3, count++) {
        if (*spec != 'o' && *spec != 'P' && *spec != 's') {
            call.operand[count] = operand(spec, s);
            continue;
        }
        const int64_t rows = extent(spec[1], s), columns = extent(spec[2], s);
        const int64_t stored = *spec == 'o' ? rows : rounded(rows, 16);
        call.operand[count] = (attar_operand){calloc((size_t)(stored * columns + 1), sizeof(float)), rows, columns};
        if (*spec != 's') bytes[count] = (size_t)(stored * columns) * sizeof(float);
    }
    instruction->function(&call);
    uint64_t hash = 0xCBF29CE484222325u;
    for (int i = 0; i < count; i++) {
        hash = hash_bytes(hash, call.operand[i].data, bytes[i]);
        free(call.operand[i].data);
    }
    return hash;
}

// MARK: Functions between shards and optimizer

static uint64_t run_updates(const attar_training_kernel_table *t) {
    const int64_t count = 1 + below(300), from = below(count), to = from + below(count - from + 1);
    float *x = floats(count, 0), *m = floats(count, 0), *v = floats(count, 1);
    float *g = floats(count, 0), *mean = floats(count, 0);
    const float *shards[] = {x, m, g};
    const attar_adamw adamw = {0.01f, 0.9f, 0.999f, 1e-8f, 0.1f, 0.271f, 0.003f, 0.7f};
    const attar_sgd sgd = {0.1f, 0.9f, 0.01f, 0.7f};
    const attar_adagrad adagrad = {0.1f, 1e-6f, 0.01f, 0.7f};
    const uint32_t row[] = {2, 0};
    const int64_t width = count / 3;
    const attar_row_use uses[] = {{x, 0.5f, 0}, {g, -1.25f, 0}, {m, 3, 2}};
    const uint32_t first[] = {0, 2, 3};
    t->sum_shards(mean, shards, 3, from, to);
    t->average(mean, g, 0.99f, from, to);
    const double squares = t->sum_squares(mean, from, to);
    t->adamw(x, m, v, g, from, to, adamw);
    t->sgd(x, m, g, from, to, sgd);
    t->adamw_rows(x, m, v, g, row, 0, 2, width, adamw);
    t->sgd_rows(x, m, g, row, 0, 2, width, sgd);
    t->adagrad_rows(x, v, g, row, 0, 2, width, adagrad);
    t->sum_row_uses(g, uses, first, 0, 2, width);
    uint64_t hash = hash_bytes(0xCBF29CE484222325u, &squares, sizeof squares);
    float *const made[] = {x, m, v, g, mean};
    for (int i = 0; i < 5; i++) {
        hash = hash_bytes(hash, made[i], (size_t)count * sizeof(float));
        free(made[i]);
    }
    return hash;
}

int main(int arguments, char **argument) {
    const attar_kernel_table *k = arguments > 1 ? attar_kernels_select(argument[1]) : NULL;
    if (!k) {
        fprintf(stderr, "kernel_hashes: name a table that this processor runs\n");
        return 2;
    }
    const attar_training_kernel_table *t = attar_training_kernels_select(k->name);
    const instruction instructions[] = {
        {"embedding_bag_f32", k->embedding_bag_f32, "oen fvn it1 ft1 ge1", 0},
        {"embedding_bag_i8", k->embedding_bag_i8, "oen bvn it1 ft1 ge1", 0},
        {"embedding_bag_i4", k->embedding_bag_i4, "oen hvn it1 ft1 ge1", 0},
        {"embedding_f32", k->embedding_f32, "otn fvn it1", 0},
        {"embedding_i8", k->embedding_i8, "otn bvn it1", 0},
        {"embedding_i4", k->embedding_i4, "otn hvn it1", 0},
        {"add_positions", k->add_positions, "otn ftn fln ge1", 0},
        {"linear_f32", k->linear_f32, "orn frk pnk f1n", 0},
        {"linear_f32 relu", k->linear_f32, "orn frk pnk f1n", ATTAR_RELU},
        {"linear_f32 gelu", k->linear_f32, "orn frk pnk f1n frn", ATTAR_GELU},
        {"linear_i8", k->linear_i8, "orn s1Q frk qnk f1n frn", 0},
        {"linear_i8 gelu", k->linear_i8, "orn s1Q frk qnk f1n", ATTAR_GELU},
        {"relu", k->relu, "orn frn", 0},
        {"gelu", k->gelu, "orn frn", 0},
        {"add", k->add, "orn frn frn", 0},
        {"scale", k->scale, "orn frn", 0.3f},
        {"layer_norm", k->layer_norm, "orn frn f1n f1n", 1e-5f},
        {"softmax", k->softmax, "orn frn", 1.5f},
        {"segment_attention", k->segment_attention, "otw sTS ftW ge1", 0},
        {"mean_pool", k->mean_pool, "oew ftw ge1", 0},
        {"first_pool", k->first_pool, "oew ftw ge1", 0},
        {"dropout", t->dropout, "otw ftw ye1 ge1", 0.1f},
        {"relu_gradient", t->relu_gradient, "orn frn frn", 0},
        {"gelu_gradient", t->gelu_gradient, "orn frn frn", 0},
        {"gelu_with_slope", t->gelu_with_slope, "orn orn frn", 0},
        {"multiply", t->multiply, "orn frn frn", 0},
        {"linear_input_gradient", t->linear_input_gradient, "ork frn pnk Pkn", 0},
        {"linear_weight_gradient", t->linear_weight_gradient, "Pnk frk frn", 0},
        {"layer_norm_input_gradient", t->layer_norm_input_gradient, "orn frn f1n frn", 1e-5f},
        {"layer_norm_gain_gradient", t->layer_norm_gain_gradient, "o1n frn frn", 1e-5f},
        {"segment_attention_gradient", t->segment_attention_gradient, "otW sTG ftW ftw ge1", 0},
        {"mean_pool_gradient", t->mean_pool_gradient, "otw few ge1", 0},
        {"first_pool_gradient", t->first_pool_gradient, "otw few ge1", 0},
        {"position_gradient", t->position_gradient, "olw ftw ge1", 0},
        {"sum_rows", t->sum_rows, "o1n frn", 0},
        {"sum_all", t->sum_all, "o11 frn", 0},
        {"broadcast", t->broadcast, "orn f11", 0},
        {"soft_cross_entropy", t->soft_cross_entropy, "or1 s1n frn drn fr1", 2},
        {"soft_cross_entropy_gradient", t->soft_cross_entropy_gradient, "orn frn drn fr1 fr1", 2},
        {"sparse_cross_entropy", t->sparse_cross_entropy, "or1 s1n frn cra dra fr1", 2},
        {"sparse_cross_entropy_gradient", t->sparse_cross_entropy_gradient, "orn frn cra dra fr1 fr1", 2},
    };
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        uint64_t hash = 0;
        state = i;
        for (int index = 0; index < SHAPES; index++) {
            const shape s = any_shape(index);
            hash = hash * 31 + run(&instructions[i], &s);
        }
        printf("%016llx %s\n", (unsigned long long)hash, instructions[i].name);
    }
    uint64_t hash = 0;
    for (int index = 0; index < SHAPES; index++) hash = hash * 31 + run_updates(t);
    printf("%016llx updates\n", (unsigned long long)hash);
    return 0;
}
