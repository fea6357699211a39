#!/usr/bin/env python3
"""Times fastText beside Attar's bag student on banking77: the seconds of training to a validation accuracy.

Every twentieth training row is for validation, as in `attar-bench bag`. fastText is given numbers of epochs and rates to
choose from, by its accuracy on the validation rows. Two of them are quoted: the quickest that is at least as accurate
as the bag student, where there is one, and the most accurate. The clock runs over training alone; Attar's includes its
n-grams and the validations between epochs.

    bag.py --attar .build/release/attar-bench [--datasets $ATTAR_DATASETS] [--rounds 5] [--threads 2]
"""
import argparse
import csv
import json
import os
import re
import statistics
import subprocess
import tempfile
import time

import fasttext

EPOCHS, RATES = (5, 10, 25, 50), (0.5, 1.0)


def words(text):
    """Words, and punctuation by itself: what fastText's own guide does to its texts."""
    return re.sub(r"([^\w\s])", r" \1 ", text.lower()).replace("\n", " ")


class Set:
    def __init__(self, folder):
        with open(f"{folder}/banking77/train.csv", newline="") as file:
            rows = [(words(row["text"]), row["label"].replace(" ", "_")) for row in csv.DictReader(file)]
        self.validation = rows[::20]
        self.file = tempfile.NamedTemporaryFile("w", suffix=".txt")
        for index, (text, label) in enumerate(rows):
            if index % 20:
                self.file.write(f"__label__{label} {text}\n")
        self.file.flush()

    def train(self, epochs, rate, threads):
        """Seconds, and accuracy on the validation rows."""
        start = time.perf_counter()
        model = fasttext.train_supervised(
            self.file.name, epoch=epochs, lr=rate, wordNgrams=2, minn=3, maxn=5, dim=64, bucket=200_000,
            thread=threads, verbose=0)
        seconds = time.perf_counter() - start
        hits = sum(model.f.predict(text + "\n", 1, 0.0, "strict")[0][1] == f"__label__{label}"
                   for text, label in self.validation)
        return seconds, hits / len(self.validation)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--attar", required=True)
    parser.add_argument("--datasets", default=os.environ.get("ATTAR_DATASETS"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    command = [arguments.attar, "bag", "--json", "--threads", str(arguments.threads), "--datasets", arguments.datasets]
    data = Set(arguments.datasets)
    own, peers = [], {}
    for _ in range(arguments.rounds):
        own.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        for choice in ((epochs, rate) for epochs in EPOCHS for rate in RATES):
            peers.setdefault(choice, []).append(data.train(*choice, arguments.threads))
    accuracy = own[0]["validationAccuracy"]
    seconds = statistics.median(run["bestSeconds"] for run in own)
    medians = {c: [statistics.median(column) for column in zip(*runs)] for c, runs in peers.items()}
    print(f"bag on banking77, {arguments.threads} threads, {arguments.rounds} rounds: seconds of training")
    print(f"    Attar                          {seconds:6.2f} s  accuracy {accuracy:.4f} on {len(data.validation)} rows")

    def show(name, choice):
        time_taken, reached = medians[choice]
        label = f"fastText, {name}"
        print(f"    {label:30s} {time_taken:6.2f} s  accuracy {reached:.4f} ({choice[0]} epochs, rate {choice[1]})"
              f"  {time_taken / seconds:5.2f} x Attar")

    show("most accurate", max(medians, key=lambda choice: medians[choice][1]))
    equal = [choice for choice in medians if medians[choice][1] >= accuracy]
    if equal:
        show("quickest as accurate", min(equal, key=lambda choice: medians[choice][0]))
    else:
        print("    none of fastText's settings is as accurate")


if __name__ == "__main__":
    main()
