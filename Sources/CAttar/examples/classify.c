// Reads texts, one a line, and prints the likeliest label of each with its probability.
//
//     clang classify.c -I <folder of attar.h> -L <folder of libattar> -lattar -o classify
//     ./classify model.attar < texts.txt

#include <stdio.h>
#include <string.h>

#include "attar.h"

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: classify MODEL < TEXTS\n");
        return 2;
    }
    attar_model *model;
    attar_classifier *classifier = NULL;
    attar_status status = attar_model_open(arguments[1], &model);
    if (status == ATTAR_OK) status = attar_classifier_open(model, NULL, NULL, 0, &classifier);
    if (status != ATTAR_OK) {
        fprintf(stderr, "classify: %s: %s\n", arguments[1], attar_status_text(status));
        attar_model_close(model);
        return 1;
    }
    static char text[1 << 16];
    while (fgets(text, sizeof text, stdin)) {
        attar_prediction answer;
        char label[256];
        attar_predict(classifier, text, strcspn(text, "\n"), &answer);
        attar_model_label(model, answer.label, label, sizeof label);
        printf("%s%s %.6f\n", answer.abstains ? "(abstains) " : "", label, answer.probability);
    }
    attar_classifier_close(classifier);
    attar_model_close(model);
    return 0;
}
