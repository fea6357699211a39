#!/usr/bin/env python3
"""Times distillation steps of encoders in PyTorch, and Attar's in turn with them.

A step is forward, KL divergence to soft targets at temperature 2, backward, clipping to norm 1, fused AdamW. Three
quarters of each padded row are tokens; tokens per second count only those. Modes: eager, compile (torch.compile), bf16
(compiled, under bfloat16 autocast).

    training.py [--attar .build/release/attar-bench] [--rounds 5] [--threads 2] [--widths 128,256] [--modes eager]
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import torch
from torch import nn
import torch.nn.functional as F

from students import Encoder

VOCABULARY, CLASSES, TEMPERATURE, WARM_UP = 8192, 77, 2.0, 4
# width: layers, heads, feed-forward, batch, places, tokens
SHAPES = {128: (2, 4, 512, 64, 32, 24), 256: (4, 4, 1024, 32, 64, 48)}


class Step:
    """One mode's model, optimizer and batch."""

    def __init__(self, width, mode):
        layers, heads, feed_forward, batch, places, tokens = SHAPES[width]
        torch.manual_seed(1)
        self.model = Encoder(VOCABULARY, places, width, layers, heads, feed_forward, CLASSES)
        self.call = self.model if mode == "eager" else torch.compile(self.model)
        self.narrow = mode == "bf16"
        self.optimizer = torch.optim.AdamW(self.model.parameters(), 1e-3, fused=True)
        self.ids = torch.randint(VOCABULARY, (batch, places))
        self.real = (torch.arange(places) < tokens).expand(batch, places).contiguous()
        self.targets = F.softmax(3 * torch.randn(batch, CLASSES), -1)

    def __call__(self):
        self.optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.narrow):
            logits = self.call(self.ids, self.real)
        log_shares = F.log_softmax(logits.float() / TEMPERATURE, -1)
        (F.kl_div(log_shares, self.targets, reduction="batchmean") * TEMPERATURE**2).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()

    def median_ms(self, runs):
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            self()
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1e3


def attar_ms(program, width, runs, threads):
    """Attar's medians by number of threads."""
    out = subprocess.run(
        [program, "steps", "--json", "--width", str(width), "--runs", str(runs), "--threads", str(threads)],
        check=True, capture_output=True, text=True).stdout
    return {step["threads"]: step["milliseconds"] for step in json.loads(out)["steps"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attar", help="attar-bench, to run in turn with PyTorch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=9, help="steps behind each median of a round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--widths", default="128,256")
    parser.add_argument("--modes", default="eager,compile,bf16")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    modes = arguments.modes.split(",")
    for width in map(int, arguments.widths.split(",")):
        layers, _, feed_forward, batch, places, tokens = SHAPES[width]
        steps = {mode: Step(width, mode) for mode in modes}
        for step in steps.values():
            step.median_ms(WARM_UP)
        times = {}
        for _ in range(arguments.rounds):
            for mode, step in steps.items():
                times.setdefault(f"PyTorch {mode}", []).append(step.median_ms(arguments.runs))
            if arguments.attar:
                for threads, ms in attar_ms(arguments.attar, width, arguments.runs, arguments.threads).items():
                    times.setdefault(f"Attar, {threads} threads", []).append(ms)
        medians = {name: statistics.median(values) for name, values in times.items()}
        own = medians.get(f"Attar, {arguments.threads} threads")
        print(f"encoder {layers} x {width}, ff {feed_forward}, batch {batch} x {places} with {tokens} tokens, "
              f"{arguments.threads} threads, {arguments.rounds} rounds")
        for name, ms in medians.items():
            ratio = f"  {ms / own:5.2f} x Attar" if own else ""
            spread = f"{min(times[name]):.1f}-{max(times[name]):.1f}"
            rate = batch * tokens / ms * 1e3
            print(f"    {name:18s} {ms:8.1f} ms a step  ({spread:>13s})  {rate:8.0f} tokens/s{ratio}", flush=True)


if __name__ == "__main__":
    main()
