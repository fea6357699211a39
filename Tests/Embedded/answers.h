// What a model says of some texts, as lines with the bits of every probability: the same on every target.

#ifndef ATTAR_ANSWERS_H
#define ATTAR_ANSWERS_H

#include <stddef.h>

/// Writes the answers of the model in memory; 0 where all went well. `kernels` is as in `attar_classifier_open`.
int write_answers(const void *model, size_t size, const char *kernels, void (*write)(const char *line));

#endif
