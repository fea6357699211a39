#include "answers.h"

#include <stdint.h>
#include <string.h>

#include "attar.h"

static const char *const texts[] = {
    "", "hello", "My card was charged twice!", "STRASSE straße Ωμέγα ПРИВЕТ", "\xff\xfe broken \xc3", "  spaces\t\n ",
    "🙂🙂🙂 only emoji 🇩🇪", "a-b_c d.e,f 1234567890", "\xe2\x80\xaeright to left\xe2\x80\xac שלום",
    "a text that is longer than any small model reads: it goes on and on and on and on and on and on and on and on",
};

static void append(char *line, const char *text) { memcpy(line + strlen(line), text, strlen(text) + 1); }

static void append_number(char *line, uint32_t value, uint32_t base, int digits) {
    char reversed[12];
    int count = 0;
    do {
        reversed[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0 || count < digits);
    size_t end = strlen(line);
    while (count > 0) line[end++] = reversed[--count];
    line[end] = 0;
}

static int write_all(attar_model *model, attar_classifier *classifier, void (*write)(const char *line)) {
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        attar_prediction answer;
        attar_status status = attar_predict(classifier, texts[i], strlen(texts[i]), &answer);
        if (status != ATTAR_OK) return status;
        char line[128] = "";
        attar_model_label(model, answer.label, line, 64);
        if (answer.abstains) append(line, " (abstains)");
        write(line);
        const float *probabilities = attar_probabilities(classifier);
        for (size_t label = 0; label < attar_model_labels(model); label++) {
            uint32_t bits;
            memcpy(&bits, probabilities + label, sizeof bits);
            char number[16] = "  ";
            append_number(number, bits, 16, 8);
            write(number);
        }
    }
    return 0;
}

int write_answers(const void *bytes, size_t size, const char *kernels, void (*write)(const char *line)) {
    attar_model *model = NULL;
    attar_classifier *classifier = NULL;
    attar_difference difference = {0, 0, 0};
    char line[128] = "certificate: ";
    attar_status status = attar_model_open_memory(bytes, size, &model);
    if (status == ATTAR_OK) status = attar_model_verify(model, kernels, &difference);
    append(line, attar_status_text(status));
    if (status == ATTAR_RESULTS_DIFFER) {
        append(line, "; text ");
        append_number(line, (uint32_t)difference.text, 10, 1);
        append(line, ", instruction ");
        append_number(line, (uint32_t)difference.instruction, 10, 1);
    }
    write(line);
    if (status == ATTAR_OK) status = attar_classifier_open(model, kernels, NULL, 0, &classifier);
    if (status == ATTAR_OK) status = write_all(model, classifier, write);
    attar_classifier_close(classifier);
    attar_model_close(model);
    return status;
}
