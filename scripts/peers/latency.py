#!/usr/bin/env python3
"""Times single predictions of encoders in ONNX Runtime and in Attar, in turn, on one thread.

ONNX Runtime gets its transformer optimisation, all graph optimisations, and for int8 per-channel dynamic quantization.
Both run the program alone, from tokens to probabilities or logits: batch 1, random weights, texts of a fixed length.

    latency.py --bench .build/release/attar-bench --attar .build/release/attar [--rounds 7] [--calls 300]
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer as transformer_optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from students import Encoder

VOCABULARY, CLASSES, HEADS = 8192, 77, 4
# width: layers, feed-forward, tokens
SHAPES = {128: (2, 512, 16), 256: (4, 1024, 32)}


class Whole(torch.nn.Module):
    """The encoder on one text without padding, as a deployed one sees it."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, ids):
        return self.encoder(ids, torch.ones_like(ids, dtype=torch.bool))


def export(folder, width):
    """float32 and int8 files, each as exported and after the transformer optimiser: the faster one differs."""
    layers, feed_forward, tokens = SHAPES[width]
    torch.manual_seed(1)
    model = Whole(Encoder(VOCABULARY, tokens, width, layers, HEADS, feed_forward, CLASSES)).eval()
    def named(name):
        return os.path.join(folder, f"{width}-{name}.onnx")

    plain, fused = named("plain"), named("fused")
    torch.onnx.export(model, (torch.zeros(1, tokens, dtype=torch.long),), plain, input_names=["ids"], dynamo=True,
                      verbose=False)
    graph = onnx.load(plain)
    del graph.graph.value_info[:]
    onnx.save(graph, plain)
    optimised = transformer_optimizer.optimize_model(
        plain, model_type="bert", num_heads=HEADS, hidden_size=width, optimization_options=FusionOptions("bert"))
    optimised.save_model_to_file(fused)
    for source, target in ((plain, named("int8-plain")), (fused, named("int8-fused"))):
        quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True,
                         extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    return {"float32": [plain, fused], "int8": [named("int8-plain"), named("int8-fused")]}


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(path, options)


def median_microseconds(run, calls):
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True, help="attar-bench")
    parser.add_argument("--attar", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=300, help="predictions behind each median of a round")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for width, (layers, feed_forward, tokens) in SHAPES.items():
            ids = np.random.default_rng(1).integers(0, VOCABULARY, (1, tokens))
            texts = os.path.join(folder, "texts.txt")
            with open(texts, "w") as file:
                file.write(" ".join(f"word{n}" for n in range(tokens)) + "\n")
            sessions, models = {}, {}
            files = export(folder, width)
            for form in ("float32", "int8"):
                for path in files[form]:
                    opened = session(path)
                    name = f"ONNX Runtime {form}" + (", plain graph" if "plain" in path else "")
                    sessions[name] = (lambda s: lambda: s.run(None, {"ids": ids}))(opened)
                    median_microseconds(sessions[name], 100)
                models[form] = os.path.join(folder, f"{width}-{form}.attar")
                subprocess.run(
                    [arguments.bench, "model", "--width", str(width), "--layers", str(layers), "--feed-forward",
                     str(feed_forward), "--form", form, "--output", models[form]], check=True)
            times = {}
            for _ in range(arguments.rounds):
                for name, run in sessions.items():
                    times.setdefault(name, []).append(median_microseconds(run, arguments.calls))
                for form, path in models.items():
                    command = [arguments.attar, "bench", path, "--texts", texts, "--samples", str(arguments.calls),
                               "--threads", "1", "--json"]
                    shown = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                    times.setdefault(f"Attar {form}", []).append(shown["fromFeatures"]["p50"])
            print(f"encoder {layers} x {width}, ff {feed_forward}, {tokens} tokens, batch 1, one thread, "
                  f"{arguments.rounds} rounds")
            medians = {name: statistics.median(values) for name, values in times.items()}
            for name, median in medians.items():
                form = "int8" if "int8" in name else "float32"
                print(f"    {name:36s} {median:8.1f} us  ({min(times[name]):.1f}-{max(times[name]):.1f})"
                      f"  {median / medians[f'Attar {form}']:5.2f} x Attar {form}", flush=True)


if __name__ == "__main__":
    main()
