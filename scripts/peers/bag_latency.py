#!/usr/bin/env python3
"""Times predictions from raw text of a model file on banking77 beside fastText's C++ predict, in turn.

Texts are those of test.csv; no label is read. fastText's model has the settings of bag.py that are most accurate there
(50 epochs, rate 0.5); single predictions go through its C++ object, one call a text, and its throughput is that of
one call with all texts. Its probabilities are softmax ones, as Attar's are.

    bag_latency.py --attar .build/release/attar --model model.attar [--datasets $ATTAR_DATASETS] [--rounds 5]
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import tempfile
import time

import fasttext

from bag import Set, words


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--attar", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--datasets", default=os.environ.get("ATTAR_DATASETS"))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with open(f"{arguments.datasets}/banking77/test.csv", newline="") as file:
        texts = [row["text"].replace("\n", " ") for row in csv.DictReader(file)]
    data = Set(arguments.datasets)
    peer = fasttext.train_supervised(
        data.file.name, epoch=50, lr=0.5, wordNgrams=2, minn=3, maxn=5, dim=64, bucket=200_000,
        thread=2, verbose=0).f
    lines = [words(text) + "\n" for text in texts]
    own, singles, rates = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "texts.jsonl")
        with open(path, "w") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        for _ in range(arguments.rounds):
            shown = subprocess.run([arguments.attar, "bench", arguments.model, "--texts", path, "--json"], check=True,
                                   capture_output=True, text=True).stdout
            own.append(json.loads(shown))
            times = []
            for line in lines:
                start = time.perf_counter()
                peer.predict(line, 1, 0.0, "strict")
                times.append((time.perf_counter() - start) * 1e6)
            singles.append(times)
            start = time.perf_counter()
            peer.multilinePredict(lines, 1, 0.0, "strict")
            rates.append(len(lines) / (time.perf_counter() - start))

    def median(values):
        return statistics.median(values)

    print(f"bag on banking77, {len(texts)} raw texts, {arguments.rounds} rounds")
    first = own[0]
    print(f"    Attar: file {first['modelBytes'] / 1e6:.2f} MB, open and check "
          f"{median(run['openMicroseconds'] for run in own):.0f} us, first prediction "
          f"{median(run['firstPredictionMicroseconds'] for run in own):.0f} us")
    p50 = median(run["fromText"]["p50"] for run in own)
    late = median(run["fromText"]["p99"] for run in own)
    print(f"    Attar:     p50 {p50:6.1f} us  p99 {late:6.1f} us")
    peer50 = median([median(times) for times in singles])
    peer99 = median([sorted(times)[int(0.99 * len(times))] for times in singles])
    print(f"    fastText:  p50 {peer50:6.1f} us  p99 {peer99:6.1f} us   {peer50 / p50:5.2f} x Attar")
    for index, rate in enumerate(first["throughput"]):
        middle = median(run["throughput"][index]["predictionsPerSecond"] for run in own)
        print(f"    Attar:     {middle:9.0f} predictions/s, {rate['threads']} threads, batches of {rate['batch']}")
    print(f"    fastText:  {median(rates):9.0f} predictions/s, 1 thread, all texts in one call")


if __name__ == "__main__":
    main()
