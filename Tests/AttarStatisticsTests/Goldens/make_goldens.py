"""Writes goldens.json: figures of generated cases by NumPy, SciPy and scikit-learn, which the tests compare with ours.

Needs numpy, scipy and scikit-learn (written with 2.4.6, 1.17.1 and 1.9.1). Run: python make_goldens.py
"""

import json
import pathlib
import warnings

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics

warnings.filterwarnings("ignore")

# Logits and probabilities are stored as whole numbers of these fractions: short, and exact in single precision.
LOGIT_UNIT = 64
PROBABILITY_UNIT = 32768


def case(name, rng, rows, classes, sharpness, skew):
    """Random truth, logits that lean towards it, and probabilities near their softmax, rounded to binary fractions."""
    shares = rng.dirichlet(np.full(classes, skew))
    truth = rng.choice(classes, size=rows, p=shares)
    logits = rng.normal(size=(rows, classes))
    logits[np.arange(rows), truth] += sharpness
    return describe(name, truth, np.round(logits * LOGIT_UNIT) / LOGIT_UNIT, special.softmax(logits, axis=1))


def describe(name, truth, logits, probabilities):
    rows, classes = probabilities.shape
    wide = np.round(probabilities * PROBABILITY_UNIT) / PROBABILITY_UNIT
    predicted = wide.argmax(axis=1)
    clipped = np.clip(wide, np.finfo(np.float64).eps, 1)
    onehot = np.eye(classes)[truth]
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=range(classes), zero_division=0)
    reference = np.roll(wide, 1, axis=1)
    divergence = special.rel_entr(reference, clipped).sum(axis=1).mean()
    bins, error = equal_mass_bins(wide.max(axis=1), predicted == truth, 15)
    return {
        "name": name, "classes": classes, "truth": truth.tolist(), "predicted": predicted.tolist(),
        "logits": (logits * LOGIT_UNIT).astype(int).flatten().tolist(),
        "probabilities": (wide * PROBABILITY_UNIT).astype(int).flatten().tolist(),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=range(classes)).flatten().tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "macroF1": metrics.f1_score(truth, predicted, average="macro"),
        "macroPrecision": metrics.precision_score(truth, predicted, average="macro"),
        "weightedF1": metrics.f1_score(truth, predicted, average="weighted"),
        "microF1": metrics.f1_score(truth, predicted, average="micro"),
        "logLoss": float(-np.log(clipped[np.arange(rows), truth]).mean()),
        "brier": float(((wide - onehot) ** 2).sum(axis=1).mean()),
        "calibrationError": error, "binRows": bins, "divergence": float(divergence),
        "temperature": temperature(logits, truth),
    }


def equal_mass_bins(confidence, correct, count):
    """Cuts at the ranks i·n/count, each moved up past rows of equal confidence."""
    order = np.argsort(confidence, kind="stable")
    confidence, correct = confidence[order], correct[order]
    last_of_equals = np.searchsorted(confidence, confidence, side="right")
    cuts, error, sizes = [0], 0.0, []
    for i in range(1, count + 1):
        cut = len(confidence) * i // count
        if cut <= cuts[-1]:
            continue
        cuts.append(int(last_of_equals[cut - 1]))
    for start, end in zip(cuts, cuts[1:]):
        sizes.append(end - start)
        error += (end - start) * abs(correct[start:end].mean() - confidence[start:end].mean())
    return sizes, float(error / len(confidence))


def temperature(logits, truth):
    def loss(log_inverse):
        scaled = logits * np.exp(log_inverse)
        return float((special.logsumexp(scaled, axis=1) - scaled[np.arange(len(truth)), truth]).mean())

    found = optimize.minimize_scalar(
        loss, bounds=(-np.log(20), np.log(20)), method="bounded", options={"xatol": 1e-12, "maxiter": 500})
    return float(np.exp(-found.x))


def intervals(rng):
    results = []
    fixed = [(0, 1), (1, 1), (0, 10), (10, 10), (1, 10), (5, 10), (0, 5000), (4999, 5000), (50_000, 100_000)]
    drawn = [(int(rng.integers(0, n + 1)), int(n)) for n in rng.integers(1, 20_000, size=60)]
    for successes, trials in fixed + drawn:
        for level in (0.9, 0.95, 0.99):
            test = stats.binomtest(successes, trials)
            wilson = test.proportion_ci(level, method="wilson")
            exact = test.proportion_ci(level, method="exact")
            results.append({
                "successes": successes, "trials": trials, "level": level,
                "wilson": [wilson.low, wilson.high], "exact": [exact.low, exact.high],
            })
    return results


def main():
    rng = np.random.default_rng(20240611)
    cases = [
        case(f"random {i}", rng, int(rng.integers(5, 80)), int(rng.integers(2, 9)),
             float(rng.uniform(0, 4)), float(rng.uniform(0.3, 5)))
        for i in range(200)
    ]
    right = np.eye(3)[[0, 1, 2, 1]]
    cases += [
        describe("all right, certain", np.array([0, 1, 2, 1]), right * 4, right),
        describe("all wrong, certain", np.array([1, 2, 0, 0]), right * 4, right),
        describe("one class of three", np.array([0, 0, 0, 0, 0]), np.zeros((5, 3)),
                 np.full((5, 3), 1 / 3)),
        describe("one class", np.array([0, 0]), np.zeros((2, 1)), np.ones((2, 1))),
        describe("one row", np.array([1]), np.array([[0.5, 1]]), np.array([[0.25, 0.75]])),
    ]
    samples = [rng.normal(size=int(n)).tolist() for n in (1, 2, 3, 10, 101)]
    discordant = [(0, 0), (0, 1), (1, 1), (3, 9), (10, 10), (25, 40), (120, 180), (1000, 1100)] + [
        tuple(int(v) for v in rng.integers(0, 60, size=2)) for _ in range(30)]
    probabilities = [1e-300, 1e-20, 1e-9, 1e-4, 0.01, 0.025, 0.2, 0.5, 0.7, 0.975, 0.999, 1 - 1e-12]
    goldens = {
        "classification": cases,
        "proportions": intervals(rng),
        "normalQuantiles": [[p, float(special.ndtri(p))] for p in probabilities],
        "logGammas": [[x, float(special.gammaln(x))] for x in (1e-6, 0.3, 0.5, 1.5, 3.25, 10, 14.9, 15, 171, 1e5)],
        "incompleteBetas": [
            [x, a, b, float(special.betainc(a, b, x))]
            for a, b in ((0.5, 0.5), (1, 1), (2, 30), (50, 3), (400, 600), (9000, 11000))
            for x in (1e-4, 0.1, 0.4, 0.45, 0.5, 0.9)
        ],
        "quantiles": [[s, q, float(np.quantile(s, q))] for s in samples for q in (0, 0.01, 0.5, 0.77, 0.99, 1)],
        "mcNemar": [[b, c, 1.0 if b + c == 0 else float(stats.binomtest(b, b + c).pvalue)] for b, c in discordant],
    }
    target = pathlib.Path(__file__).with_name("goldens.json")
    target.write_text(json.dumps(goldens, separators=(",", ":")).replace('},{"name', '},\n{"name') + "\n")


main()
