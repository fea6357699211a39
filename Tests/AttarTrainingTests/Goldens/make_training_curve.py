#!/usr/bin/env python3
"""Writes training_curve.json: a bag student trained by NumPy alone, in double precision, from the published formulas.

Model: logits = relu(bag @ H.T + h) @ W.T + w, bag = weighted sum of table rows (Joulin et al. 2016).
Loss: mean over the batch's label weight of T^2 * cross-entropy to soft labels at T plus cross-entropy to gold labels
(Hinton et al. 2015, section 2). Optimizer: AdamW (Loshchilov & Hutter 2019, algorithm 2), lazy on table rows.

    python3 make_training_curve.py > training_curve.json
"""
import json

import numpy as np

BUCKETS, WIDTH, HIDDEN, CLASSES, EXAMPLES, BATCH, STEPS = 29, 6, 5, 3, 24, 20, 24
PEAK, WARM_UP, BETA1, BETA2, EPSILON, DECAY, TEMPERATURE = 0.02, 3, 0.9, 0.999, 1e-3, 0.01, 2.0
random = np.random.default_rng(20)


def single(array):
    """Values that single precision holds exactly."""
    return np.asarray(array, dtype=np.float32).astype(np.float64)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


counts = random.integers(0, 7, EXAMPLES)
offsets = np.concatenate([[0], np.cumsum(counts)])
ids = random.integers(0, BUCKETS, offsets[-1])
feature_weights = single(random.uniform(-1, 1, offsets[-1]) * (random.uniform(size=offsets[-1]) < 0.8))
gold = np.eye(CLASSES)[random.integers(0, CLASSES, EXAMPLES)]
soft = single(softmax(random.normal(size=(EXAMPLES, CLASSES))))
gold_weights = single(random.uniform(0, 2, EXAMPLES) * (random.uniform(size=EXAMPLES) < 0.8))
soft_weights = single(random.uniform(0, 2, EXAMPLES) * (random.uniform(size=EXAMPLES) < 0.8))
start = {
    "table": single(random.uniform(-1, 1, (BUCKETS, WIDTH))),
    "hidden.weight": single(random.uniform(-1, 1, (HIDDEN, WIDTH))),
    "hidden.bias": single(random.uniform(-0.1, 0.1, (1, HIDDEN))),
    "head.weight": single(random.uniform(-1, 1, (CLASSES, HIDDEN))),
    "head.bias": single(random.uniform(-0.1, 0.1, (1, CLASSES))),
}
batches = [random.permutation(EXAMPLES)[: BATCH if step % 2 == 0 else 7] for step in range(STEPS)]

features = np.zeros((EXAMPLES, BUCKETS))
used = np.zeros((EXAMPLES, BUCKETS), dtype=bool)
for e in range(EXAMPLES):
    for f in range(offsets[e], offsets[e + 1]):
        features[e, ids[f]] += feature_weights[f]
        # A feature of weight zero uses no row.
        used[e, ids[f]] |= feature_weights[f] != 0

p = {name: value.copy() for name, value in start.items()}
m = {name: np.zeros_like(value) for name, value in p.items()}
v = {name: np.zeros_like(value) for name, value in p.items()}
losses = []
for step, batch in enumerate(batches, start=1):
    x = features[batch]
    bag = x @ p["table"]
    before = bag @ p["hidden.weight"].T + p["hidden.bias"]
    hidden = np.maximum(before, 0)
    z = hidden @ p["head.weight"].T + p["head.bias"]
    total = (gold_weights[batch] + soft_weights[batch]).sum()
    wg, ws = (gold_weights[batch] / total)[:, None], (soft_weights[batch] / total)[:, None]
    pg, ps = softmax(z), softmax(z / TEMPERATURE)
    losses.append(
        float(-(wg * gold[batch] * np.log(pg)).sum() - (TEMPERATURE**2 * ws * soft[batch] * np.log(ps)).sum())
    )
    mass = soft[batch].sum(axis=1, keepdims=True)
    dz = wg * (pg - gold[batch]) + TEMPERATURE * ws * (ps * mass - soft[batch])
    dhidden = (dz @ p["head.weight"]) * (before > 0)
    g = {
        "head.weight": dz.T @ hidden,
        "head.bias": dz.sum(axis=0, keepdims=True),
        "hidden.weight": dhidden.T @ bag,
        "hidden.bias": dhidden.sum(axis=0, keepdims=True),
        "table": x.T @ (dhidden @ p["hidden.weight"]),
    }
    share = step / WARM_UP if step <= WARM_UP else max(0.0, 1 - (step - WARM_UP - 1) / (STEPS - WARM_UP))
    rate = PEAK * share
    for name in p:
        rows = used[batch].any(axis=0) if name == "table" else slice(None)
        m[name][rows] = BETA1 * m[name][rows] + (1 - BETA1) * g[name][rows]
        v[name][rows] = BETA2 * v[name][rows] + (1 - BETA2) * g[name][rows] ** 2
        first, second = m[name][rows] / (1 - BETA1**step), v[name][rows] / (1 - BETA2**step)
        decay = 0 if name.endswith(".bias") else DECAY
        p[name][rows] = p[name][rows] * (1 - rate * decay) - rate * first / (np.sqrt(second) + EPSILON)

print(
    json.dumps(
        {
            "buckets": BUCKETS, "width": WIDTH, "hidden": HIDDEN, "classes": CLASSES, "batch": BATCH,
            "peak": PEAK, "warmUpSteps": WARM_UP, "totalSteps": STEPS, "beta1": BETA1, "beta2": BETA2,
            "epsilon": EPSILON, "weightDecay": DECAY, "temperature": TEMPERATURE,
            "offsets": offsets.tolist(), "ids": ids.tolist(), "featureWeights": feature_weights.tolist(),
            "goldTargets": gold.ravel().tolist(), "goldWeights": gold_weights.tolist(),
            "softTargets": soft.ravel().tolist(), "softWeights": soft_weights.tolist(),
            "start": {name: value.ravel().tolist() for name, value in start.items()},
            "batches": [batch.tolist() for batch in batches],
            "losses": losses, "end": {name: value.ravel().tolist() for name, value in p.items()},
        },
        indent=None, separators=(",", ":"),
    )
)
