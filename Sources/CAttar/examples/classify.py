"""Reads texts, one a line, and prints the likeliest label of each with its probability.

    python3 classify.py libattar.so model.attar < texts.txt
"""

import ctypes
import sys


class Prediction(ctypes.Structure):
    _fields_ = [("label", ctypes.c_size_t), ("probability", ctypes.c_float), ("abstains", ctypes.c_int32)]


class Classifier:
    """A model file, opened through the C ABI."""

    def __init__(self, library, path):
        self.attar = ctypes.CDLL(library)
        self.attar.attar_status_text.restype = ctypes.c_char_p
        self.attar.attar_model_labels.restype = ctypes.c_size_t
        self.attar.attar_model_label.restype = ctypes.c_size_t
        self.model, self.handle = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(self.attar.attar_model_open(path.encode(), ctypes.byref(self.model)))
        self.check(
            self.attar.attar_classifier_open(self.model, None, None, ctypes.c_size_t(0), ctypes.byref(self.handle)))
        self.labels = [self.label(index) for index in range(self.attar.attar_model_labels(self.model))]

    def check(self, status):
        if status != 0:
            raise OSError(self.attar.attar_status_text(status).decode())

    def label(self, index):
        size = self.attar.attar_model_label(self.model, ctypes.c_size_t(index), None, ctypes.c_size_t(0))
        text = ctypes.create_string_buffer(size + 1)
        self.attar.attar_model_label(self.model, ctypes.c_size_t(index), text, ctypes.c_size_t(size + 1))
        return text.value.decode()

    def predict(self, text):
        answer = Prediction()
        self.check(
            self.attar.attar_predict(self.handle, text, ctypes.c_size_t(len(text)), ctypes.byref(answer)))
        return answer

    def close(self):
        self.attar.attar_classifier_close(self.handle)
        self.attar.attar_model_close(self.model)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: classify.py LIBRARY MODEL < TEXTS")
    try:
        classifier = Classifier(sys.argv[1], sys.argv[2])
    except OSError as error:
        sys.exit(f"classify.py: {sys.argv[2]}: {error}")
    for line in sys.stdin.buffer:
        answer = classifier.predict(line.rstrip(b"\n"))
        abstains = "(abstains) " if answer.abstains else ""
        print(f"{abstains}{classifier.labels[answer.label]} {answer.probability:.6f}")
    classifier.close()


if __name__ == "__main__":
    main()
