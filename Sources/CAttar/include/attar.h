// Attar's runtime for C: opens a model file and classifies texts.
//
//     attar_model *model;
//     attar_classifier *classifier;
//     attar_prediction answer;
//     char label[64];
//     if (attar_model_open("model.attar", &model) != ATTAR_OK) …
//     if (attar_classifier_open(model, NULL, NULL, 0, &classifier) != ATTAR_OK) …
//     attar_predict(classifier, text, strlen(text), &answer);
//     attar_model_label(model, answer.label, label, sizeof label);
//     attar_classifier_close(classifier);
//     attar_model_close(model);
//
// The library prints nothing, keeps nothing outside its handles and allocates nothing for a prediction. Handles are
// null after a call that failed; closing null does nothing. Texts are UTF-8 with their size in bytes and need no zero
// at the end; malformed bytes count as symbols.

#ifndef ATTAR_H
#define ATTAR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

// MARK: Status

enum {
    ATTAR_OK = 0,
    ATTAR_BAD_ARGUMENT = 1,         // a null handle, or an index or a count out of range
    ATTAR_CANNOT_OPEN = 2,          // the file does not exist or may not be read
    ATTAR_NOT_A_FILE = 3,           // the path leads to something else than a regular file
    ATTAR_NOT_ALIGNED = 4,          // a model in memory must stand at a multiple of 64
    ATTAR_NOT_A_MODEL = 5,          // the bytes are not those of a model file
    ATTAR_UNSUPPORTED_VERSION = 6,  // of the model file
    ATTAR_DAMAGED = 7,              // size or checksums are wrong: the file was cut off or altered
    ATTAR_INVALID_MODEL = 8,        // the file holds what no reader may accept
    ATTAR_TOO_MUCH_MEMORY = 9,      // a prediction would need more memory than a model may ask for
    ATTAR_UNKNOWN_KERNELS = 10,     // this processor runs no kernels of that name
    ATTAR_MEMORY_UNFIT = 11,        // the memory given is too small or not at a multiple of 64
    ATTAR_CANNOT_RUN = 12,          // the model's program cannot run here
    ATTAR_NO_CERTIFICATE = 13,      // the file says nothing about its results
    ATTAR_ALTERED = 14,             // the file is not the one that was written: SHA-256 differs
    ATTAR_RESULTS_DIFFER = 15       // this machine computes other bits than the certificate says
};

/// One of the above; newer libraries may add some.
typedef int32_t attar_status;

/// What a status means, in English. Never null.
const char *attar_status_text(attar_status status);

// MARK: Models

/// A model file in memory, checked. Threads may share it.
typedef struct attar_model attar_model;

/// Maps and checks a file, which must not change while it is open. Not where there is no operating system.
attar_status attar_model_open(const char *path, attar_model **model);

/// Checks a model that stands in memory (flash, a mapped file) at a multiple of 64. It is not copied: it must stay
/// until the model and all that was made from it are closed.
attar_status attar_model_open_memory(const void *bytes, size_t size, attar_model **model);

/// What was made from the model stays usable.
void attar_model_close(attar_model *model);

/// Number of labels; predictions give labels as indices below it.
size_t attar_model_labels(const attar_model *model);

/// Copies a label and a zero into `text`, cut off where `room` bytes do not hold it, and gives the bytes that it has
/// without the zero; 0 where there is no such label.
size_t attar_model_label(const attar_model *model, size_t label, char *text, size_t room);

/// The same for the model's metadata, which is JSON.
size_t attar_model_metadata(const attar_model *model, char *text, size_t room);

/// Where the model's certificate and this machine differ.
typedef struct {
    size_t text;          // of the certificate's texts, from 0
    int32_t instruction;  // the first of the program that gives other bits, from 0; -1 for features or probabilities
    int32_t opcode;       // of that instruction, or 0
} attar_difference;

/// Compares the file's hash, then every result of the certificate, bit for bit, with what these kernels compute.
/// `kernels` is as in `attar_classifier_open`, `difference` may be null.
attar_status attar_model_verify(const attar_model *model, const char *kernels, attar_difference *difference);

// MARK: Kernels

/// Names of the kernels that this processor runs ("avx512", "avx2", "neon", "portable", …), fastest first; null past
/// the last. All give the same bits.
const char *attar_instruction_set(size_t index);

// MARK: One text at a time

/// Predicts one text after another, for one thread at a time.
typedef struct attar_classifier attar_classifier;

/// Bytes that a classifier works in, beyond the model itself; 0 where the model is null.
size_t attar_classifier_bytes(const attar_model *model);

/// `kernels` is null for the fastest ones. `memory` is null, or at least `attar_classifier_bytes` at a multiple of 64
/// that the caller keeps until the classifier is closed.
attar_status attar_classifier_open(
    const attar_model *model, const char *kernels, void *memory, size_t memory_bytes, attar_classifier **classifier);

void attar_classifier_close(attar_classifier *classifier);

/// Predictions whose likeliest label has a smaller probability abstain. At first the threshold is what the model says,
/// or 0.
attar_status attar_classifier_set_threshold(attar_classifier *classifier, float threshold);

/// The likeliest label of a text, the first one of equals.
typedef struct {
    size_t label;
    float probability;
    int32_t abstains;  // 1 where the probability is below the threshold, else 0
    int32_t defers;    // 1 where the model's cascade leaves the text to a larger one, else 0; 0 without a cascade
    float score;       // how sure the model is, by the score of its cascade: 0 to 1; 0 without a cascade
} attar_prediction;

attar_status attar_predict(
    attar_classifier *classifier, const char *text, size_t bytes, attar_prediction *prediction);

/// The probabilities of the last prediction, one a label; valid until the next one.
const float *attar_probabilities(const attar_classifier *classifier);

/// A label with its probability.
typedef struct {
    size_t label;
    float probability;
} attar_ranked_label;

/// Writes the likeliest labels of the last prediction, the likeliest first, and gives their number: `room`, or fewer
/// where the model has fewer.
size_t attar_top(const attar_classifier *classifier, attar_ranked_label *top, size_t room);

// MARK: Many texts

/// Predicts many texts on several threads, which are started for each call and end with it. One call at a time.
typedef struct attar_batch attar_batch;

/// `threads` from 1 to 256, the caller's among them; where there is no operating system it works alone.
attar_status attar_batch_open(const attar_model *model, const char *kernels, size_t threads, attar_batch **batch);

void attar_batch_close(attar_batch *batch);

attar_status attar_batch_set_threshold(attar_batch *batch, float threshold);

/// A prediction a text, with the same bits as one by one. `probabilities` is null, or has room for a row a text with a
/// value a label.
attar_status attar_batch_predict(
    attar_batch *batch, const char *const *texts, const size_t *bytes, size_t count, attar_prediction *predictions,
    float *probabilities);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
