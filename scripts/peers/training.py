#!/usr/bin/env python3
"""Times distillation steps of encoders in PyTorch, and Attar's in turn with them.

A step is forward, KL divergence to soft targets at temperature 2, backward, clipping to norm 1, fused AdamW. Three
quarters of each padded row are tokens; tokens per second count only those. Modes: eager, compile (torch.compile), bf16
(compiled, under bfloat16 autocast).

With --tokens, a file of `attar-bench epoch --tokens FILE`, also epochs over texts of real lengths: each batch padded to
its longest text, from a shuffle of all (padded), or of runs of texts of like length (bucketed).

    training.py [--attar .build/release/attar-bench] [--tokens FILE] [--rounds 5] [--threads 2] [--widths 128,256]
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import h5py
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from students import Encoder

VOCABULARY, CLASSES, TEMPERATURE, WARM_UP = 8192, 77, 2.0, 4
# width: layers, heads, feed-forward, batch, places, tokens
SHAPES = {128: (2, 4, 512, 64, 32, 24), 256: (4, 4, 1024, 32, 64, 48)}


def random_targets(rows):
    return F.softmax(3 * torch.randn(rows, CLASSES), -1)


class Learner:
    """A model in one mode with its optimizer."""

    def __init__(self, width, mode, longest):
        layers, heads, feed_forward = SHAPES[width][:3]
        torch.manual_seed(1)
        self.model = Encoder(VOCABULARY, longest, width, layers, heads, feed_forward, CLASSES)
        self.call = self.model if mode == "eager" else torch.compile(self.model)
        self.narrow = mode == "bf16"
        self.optimizer = torch.optim.AdamW(self.model.parameters(), 1e-3, fused=True)

    def step(self, ids, real, targets):
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.narrow):
            logits = self.call(ids, real)
        log_shares = F.log_softmax(logits.float() / TEMPERATURE, -1)
        (F.kl_div(log_shares, targets, reduction="batchmean") * TEMPERATURE**2).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()


class Step:
    """One mode's step on one batch."""

    def __init__(self, width, mode):
        batch, places, tokens = SHAPES[width][3:]
        self.learner = Learner(width, mode, places)
        self.ids = torch.randint(VOCABULARY, (batch, places))
        self.real = (torch.arange(places) < tokens).expand(batch, places).contiguous()
        self.targets = random_targets(batch)

    def median_seconds(self, runs):
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self.learner.step(self.ids, self.real, self.targets)
            times.append(time.perf_counter() - start)
        return statistics.median(times)


class Epoch:
    """An epoch over texts of real lengths, in batches that are made before the clock runs."""

    RUN = 50  # batches of like length that are cut from one sorted run

    def __init__(self, path, bucketed):
        with h5py.File(path) as file:
            ids, offsets, self.batch = file["ids"][:], file["offsets"][:], int(file.attrs["batch"])
            self.learner = Learner(128, "eager", int(file.attrs["longest"]))
        self.texts = [ids[a:b] for a, b in zip(offsets, offsets[1:])]
        random = np.random.default_rng(1)
        order = random.permutation(len(self.texts))
        if bucketed:
            run = self.RUN * self.batch
            runs = [order[start : start + run] for start in range(0, len(order), run)]
            order = np.concatenate([sorted(run, key=lambda text: len(self.texts[text])) for run in runs])
        rows = [order[start : start + self.batch] for start in range(0, len(order), self.batch)]
        self.batches = [self.padded(rows[index]) for index in random.permutation(len(rows))]

    def padded(self, rows):
        texts = [self.texts[row] for row in rows]
        ids = np.zeros((len(texts), max(max(map(len, texts)), 1)), np.int64)
        real = np.zeros(ids.shape, bool)
        for row, text in enumerate(texts):
            ids[row, : len(text)], real[row, : len(text)] = text, True
        # A text without words keeps one place, as PyTorch's attention needs one.
        real[:, 0] = True
        return torch.tensor(ids), torch.tensor(real), random_targets(len(texts))

    def seconds(self):
        for batch in self.batches[:WARM_UP]:
            self.learner.step(*batch)
        start = time.perf_counter()
        for batch in self.batches:
            self.learner.step(*batch)
        return time.perf_counter() - start


def attar(program, *arguments):
    """What attar-bench prints as JSON."""
    command = [program, *map(str, arguments), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def show(times, threads, unit, tokens):
    """Medians, spreads and ratios of times in seconds, by name."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    own = medians.get(f"Attar, {threads} threads")
    scale = 1e3 if unit == "ms" else 1
    for name, median in medians.items():
        ratio = f"  {median / own:5.2f} x Attar" if own else ""
        spread = f"{min(times[name]) * scale:.1f}-{max(times[name]) * scale:.1f}"
        print(f"    {name:18s} {median * scale:8.1f} {unit}  ({spread:>13s})  {tokens / median:8.0f} tokens/s{ratio}",
              flush=True)


def compare_epochs(arguments):
    epochs = {f"PyTorch {kind}": Epoch(arguments.tokens, kind == "bucketed") for kind in ("padded", "bucketed")}
    tokens = sum(map(len, epochs["PyTorch padded"].texts))
    times = {}
    for _ in range(arguments.rounds):
        for name, epoch in epochs.items():
            times.setdefault(name, []).append(epoch.seconds())
        if arguments.attar:
            own = attar(arguments.attar, "epoch", "--threads", arguments.threads)
            assert own["tokens"] == tokens, f"{tokens} tokens in the file, {own['tokens']} in ATTAR_DATASETS"
            for epoch in own["epochs"]:
                times.setdefault(f"Attar, {epoch['threads']} threads", []).append(epoch["seconds"])
    print(f"epoch of {tokens} tokens, encoder 2 x 128, ff 512, {arguments.threads} threads, {arguments.rounds} rounds")
    show(times, arguments.threads, "s", tokens)


def compare_steps(arguments, width):
    layers, _, feed_forward, batch, places, tokens = SHAPES[width]
    steps = {mode: Step(width, mode) for mode in arguments.modes.split(",")}
    for step in steps.values():
        step.median_seconds(WARM_UP)
    times = {}
    for _ in range(arguments.rounds):
        for mode, step in steps.items():
            times.setdefault(f"PyTorch {mode}", []).append(step.median_seconds(arguments.runs))
        if arguments.attar:
            own = attar(
                arguments.attar, "steps", "--width", width, "--runs", arguments.runs, "--threads", arguments.threads)
            for step in own["steps"]:
                times.setdefault(f"Attar, {step['threads']} threads", []).append(step["milliseconds"] / 1e3)
    print(f"step of encoder {layers} x {width}, ff {feed_forward}, batch {batch} x {places} with {tokens} tokens, "
          f"{arguments.threads} threads, {arguments.rounds} rounds")
    show(times, arguments.threads, "ms", batch * tokens)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attar", help="attar-bench, to run in turn with PyTorch")
    parser.add_argument("--tokens", help="texts of real lengths; attar-bench needs ATTAR_DATASETS then")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=9, help="steps behind each median of a round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--widths", default="128,256")
    parser.add_argument("--modes", default="eager,compile,bf16")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    for width in map(int, filter(None, arguments.widths.split(","))):
        compare_steps(arguments, width)
    if arguments.tokens:
        compare_epochs(arguments)


if __name__ == "__main__":
    main()
