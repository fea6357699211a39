#!/usr/bin/env python3
"""Takes the steps of `attar-bench curve --output FILE` in PyTorch and prints how far both are apart.

Same start weights and batches: logits of all examples, every gradient of the first step, ten losses. The encoder is
under AdamW with clipping, the bag's table under SparseAdam. Errors are the largest differences, relative to the largest
value of a tensor, or to each loss. Exits with 1 where one is above the tolerance.

    compare.py curve.h5 [--tolerance 1e-4] [--double] [--golden golden.json]
"""
import argparse
import json
import sys

import h5py
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

from students import Bag, Encoder


class Curve:
    """One student's group of the file, as tensors."""

    def __init__(self, group, dtype):
        self.numbers = {name: float(value) for name, value in group.attrs.items()}
        self.batch, self.steps = int(self.numbers["batch"]), int(self.numbers["steps"])
        self.ids, self.offsets = torch.tensor(group["ids"][:]), torch.tensor(group["offsets"][:])
        self.weights = torch.tensor(group["weights"][:], dtype=dtype) if "weights" in group else None
        self.targets = torch.tensor(group["targets"][:], dtype=dtype)
        self.parameters = {name: torch.tensor(value[:], dtype=dtype) for name, value in group["parameters"].items()}
        self.gradients = {name: value[:] for name, value in group["gradients"].items()}
        self.logits, self.losses = group["logits"][:], group["losses"][:]

    def sizes(self, names):
        return [int(self.numbers[name]) for name in names]

    def load_into(self, model):
        """Copies the start weights; every parameter must have its own."""
        own = dict(model.named_parameters())
        with torch.no_grad():
            for name, value in self.parameters.items():
                parameter = own.pop(model.name(name))
                parameter.copy_(value.reshape(parameter.shape))
        assert not own, f"no weights for {sorted(own)}"

    def loss(self, logits, examples):
        temperature = self.numbers["temperature"]
        log_shares = F.log_softmax(logits / temperature, -1)
        return -(self.targets[examples] * log_shares).sum(-1).mean() * temperature**2


class EncoderRun:
    def __init__(self, curve, dtype):
        self.curve = curve
        names = ("vocabulary", "longest", "width", "layers", "heads", "feed-forward", "classes")
        self.model = Encoder(*curve.sizes(names), dropout=0.0).to(dtype)
        curve.load_into(self.model)
        p = curve.parameters
        own = dict(self.model.named_parameters())
        decayed = [name for name in p if name.endswith("weight") or name in ("tokens.table", "positions")]
        others = [name for name in p if name not in decayed]
        groups = [
            {"params": [own[self.model.name(name)] for name in names], "weight_decay": decay}
            for names, decay in ((decayed, curve.numbers["weight-decay"]), (others, 0.0))]
        self.optimizers = [torch.optim.AdamW(groups, curve.numbers["learning-rate"], eps=curve.numbers["epsilon"])]

    def logits(self, examples):
        starts, ends = self.curve.offsets[:-1][examples], self.curve.offsets[1:][examples]
        places = torch.arange(int((ends - starts).max()))
        real = places < (ends - starts)[:, None]
        ids = self.curve.ids[torch.where(real, starts[:, None] + places, 0)]
        return self.model(ids, real)

    def clip(self):
        nn.utils.clip_grad_norm_(self.model.parameters(), self.curve.numbers["largest-norm"])


class BagRun:
    def __init__(self, curve, dtype):
        self.curve = curve
        self.model = Bag(*curve.sizes(("buckets", "width", "hidden", "classes"))).to(dtype)
        curve.load_into(self.model)
        dense = [q for n, q in self.model.named_parameters() if n != "table.weight"]
        rate, epsilon = curve.numbers["learning-rate"], curve.numbers["epsilon"]
        self.optimizers = [
            torch.optim.SparseAdam([self.model.table.weight], rate, eps=epsilon),
            torch.optim.AdamW(dense, rate, eps=epsilon, weight_decay=curve.numbers["weight-decay"])]

    def logits(self, examples):
        offsets = self.curve.offsets[examples.start : examples.stop + 1]
        features = slice(int(offsets[0]), int(offsets[-1]))
        return self.model(self.curve.ids[features], offsets - offsets[0], self.curve.weights[features])

    def clip(self):
        assert np.isinf(self.curve.numbers["largest-norm"]), "PyTorch does not clip sparse gradients"


def take_steps(run):
    """Logits and first gradients at the start, then a loss a step."""
    curve = run.curve
    with torch.no_grad():
        logits = run.logits(slice(0, len(curve.targets))).numpy()
    gradients, losses = None, []
    for step in range(curve.steps):
        examples = slice(step * curve.batch, (step + 1) * curve.batch)
        for optimizer in run.optimizers:
            optimizer.zero_grad()
        loss = curve.loss(run.logits(examples), examples)
        loss.backward()
        if gradients is None:
            own = dict(run.model.named_parameters())
            gradients = {
                name: own[run.model.name(name)].grad.to_dense().clone().numpy().reshape(value.shape)
                for name, value in curve.parameters.items()}
        run.clip()
        for optimizer in run.optimizers:
            optimizer.step()
        losses.append(loss.item())
    return logits, gradients, np.array(losses)


def relative(found, expected):
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def flat(array):
    return [float(f"{x:.9g}") for x in np.asarray(array).ravel()]


def golden(curve, logits, gradients, losses):
    """All that a test needs to repeat the comparison without PyTorch."""
    return {
        "numbers": {name: value for name, value in curve.numbers.items() if np.isfinite(value)},
        "ids": curve.ids.tolist(), "offsets": curve.offsets.tolist(), "targets": flat(curve.targets),
        "weights": [] if curve.weights is None else flat(curve.weights), "logits": flat(logits), "losses": flat(losses),
        "parameters": {name: flat(value) for name, value in curve.parameters.items()},
        "gradients": {name: flat(value) for name, value in gradients.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curve")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--double", action="store_true", help="compute in double precision")
    parser.add_argument("--golden", help="JSON file to write with data and PyTorch's results")
    arguments = parser.parse_args()
    dtype = torch.float64 if arguments.double else torch.float32
    worst, goldens = 0.0, {}
    with h5py.File(arguments.curve, "r") as file:
        for name, kind in (("encoder", EncoderRun), ("bag", BagRun)):
            curve = Curve(file[name], dtype)
            logits, gradients, losses = take_steps(kind(curve, dtype))
            errors = {f"gradient of {n}": relative(curve.gradients[n], g) for n, g in gradients.items()}
            errors["logits"] = relative(curve.logits, logits)
            errors["losses"] = float((np.abs(curve.losses - losses) / np.abs(losses)).max())
            tensor = max((e for e in errors if e.startswith("gradient")), key=errors.get)
            print(f"{name}: {len(gradients)} gradients, the worst {errors[tensor]:.1e} ({tensor}); "
                  f"logits {errors['logits']:.1e}; losses {errors['losses']:.1e} "
                  f"({losses[0]:.4f} to {losses[-1]:.4f} in {len(losses)} steps)")
            worst = max(worst, *errors.values())
            goldens[name] = golden(curve, logits, gradients, losses)
    if arguments.golden:
        with open(arguments.golden, "w") as out:
            json.dump(goldens, out, sort_keys=True, separators=(",", ":"))
    print(f"largest relative error {worst:.1e}, allowed {arguments.tolerance:.0e}")
    sys.exit(worst > arguments.tolerance)


if __name__ == "__main__":
    main()
