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


def tied(rng):
    rows, classes = int(rng.integers(1, 60)), int(rng.integers(2, 6))
    truth = rng.choice(classes, size=rows, p=rng.dirichlet(np.ones(classes)))
    logits = np.round(rng.normal(size=(rows, classes)) * LOGIT_UNIT) / LOGIT_UNIT
    logits[np.arange(rows), truth] += 1
    return {"truth": truth, "logits": logits, "probabilities": special.softmax(logits, axis=1)}


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
    log_loss = float(-np.log(clipped[np.arange(rows), truth]).mean())
    if classes > 1:
        assert abs(log_loss - metrics.log_loss(truth, wide, labels=range(classes))) < 1e-12
    costs = cost_matrix(classes)
    expected = wide @ costs
    return {
        "name": name, "classes": classes, "truth": truth.tolist(), "predicted": predicted.tolist(),
        "logits": (logits * LOGIT_UNIT).astype(int).flatten().tolist(),
        "probabilities": (wide * PROBABILITY_UNIT).astype(int).flatten().tolist(),
        "confusion": metrics.confusion_matrix(truth, predicted, labels=range(classes)).flatten().tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "averages": {
            "accuracy": metrics.accuracy_score(truth, predicted),
            "balancedAccuracy": metrics.balanced_accuracy_score(truth, predicted),
            **{f"{average}{name}": score(truth, predicted, average=average, zero_division=0)
               for average in ("macro", "micro", "weighted")
               for name, score in (("Precision", metrics.precision_score), ("Recall", metrics.recall_score),
                                   ("F1", metrics.f1_score))},
        },
        "topAccuracies": [top_accuracy(truth, wide, k) for k in range(1, classes + 1)],
        "roc": areas(onehot, wide, metrics.roc_auc_score, lambda n: 0 < n < rows),
        "precisionRecall": areas(onehot, wide, metrics.average_precision_score, lambda n: n > 0),
        "meanCost": float(costs[truth, predicted].mean()),
        "leastCostLabels": expected.argmin(axis=1).tolist(), "expectedCost": float(expected.min(axis=1).sum()),
        "logLoss": log_loss,
        "brier": float(((wide - onehot) ** 2).sum(axis=1).mean()),
        "calibrationError": error, "binRows": bins, "divergence": float(divergence),
        "temperature": temperature(logits, truth),
    }


def cost_matrix(classes):
    """Whole numbers, so that sums are exact and equal costs are equal."""
    truth, given = np.indices((classes, classes))
    return np.where(truth == given, 0.0, 1 + (7 * truth + 3 * given) % 5)


def top_accuracy(truth, scores, k):
    """scikit-learn ranks the last of equals first, ours the first: classes are counted from the other end."""
    ranks = np.argsort(-scores, axis=1, kind="stable")
    ours = float((ranks[:, :k] == truth[:, None]).any(axis=1).mean())
    last = scores.shape[1] - 1
    if last > 1:
        theirs = metrics.top_k_accuracy_score(last - truth, scores[:, ::-1], k=k, labels=range(last + 1))
        assert ours == theirs
    return ours


def areas(onehot, scores, score, is_defined):
    """Of each class against the rest, and their means over the classes that have one."""
    defined = [c for c in range(onehot.shape[1]) if is_defined(onehot[:, c].sum())]
    result = {"classes": [float(score(onehot[:, c], scores[:, c])) if c in defined else None
                          for c in range(onehot.shape[1])]}
    if defined:
        for average in ("macro", "weighted"):
            result[average] = float(score(onehot[:, defined], scores[:, defined], average=average))
    return result


def curve(case):
    """The first class's curves; scikit-learn's are reversed for precision and recall, and add points without a threshold."""
    truth = np.array(case["truth"]) == 0
    scores = np.array(case["probabilities"]).reshape(len(truth), -1)[:, 0]
    false_rate, true_rate, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    return {
        "name": case["name"], "thresholds": thresholds[1:].astype(int).tolist(),
        "falsePositiveRates": false_rate[1:].tolist(), "truePositiveRates": true_rate[1:].tolist(),
        "precisions": precision[-2::-1].tolist(), "recalls": recall[-2::-1].tolist(),
    }


def two_samples(rng, method):
    """Whole numbers with and without ties, and the test of Kolmogorov and Smirnov on them."""
    results = []
    for i in range(40):
        spread = (5, 50, 100_000)[i % 3]
        one = rng.integers(0, spread, size=int(rng.integers(1, 60)))
        other = rng.integers(0, spread, size=int(rng.integers(1, 60))) + int(rng.integers(0, spread // 3))
        test = stats.ks_2samp(one, other, method=method)
        results.append({
            "one": one.tolist(), "other": other.tolist(), "statistic": float(test.statistic),
            "probability": float(test.pvalue)})
    return results


def label_shifts(rng):
    results = []
    for i in range(40):
        labels = int(rng.integers(2, 12))
        one, other = (rng.multinomial(int(rng.integers(1, 500)), rng.dirichlet(np.ones(labels))) for _ in range(2))
        occurring = (one + other) > 0
        test = stats.chi2_contingency(np.array([one, other])[:, occurring], correction=False)
        smooth, other_smooth = (one + 0.5) / (one + 0.5).sum(), (other + 0.5) / (other + 0.5).sum()
        results.append({
            "one": one.tolist(), "other": other.tolist(), "chiSquare": float(test.statistic),
            "probability": float(test.pvalue) if occurring.sum() > 1 else 1.0,
            "totalVariation": float(np.abs(one / one.sum() - other / other.sum()).sum() / 2),
            "stability": float(stats.entropy(smooth, other_smooth) + stats.entropy(other_smooth, smooth))})
    return results


def fisher(rng):
    results = []
    for i in range(60):
        rows = int(rng.integers(1, (20, 500, 100_000)[i % 3] + 1))
        marked, drawn = (int(v) for v in rng.integers(0, rows + 1, size=2))
        center = stats.hypergeom(rows, marked, drawn)
        least, most = center.support()
        hits = int(np.clip(round(np.nan_to_num(center.mean() + rng.normal() * 3 * center.std())), least, most))
        table = [[hits, drawn - hits], [marked - hits, rows - marked - drawn + hits]]
        results.append([hits, drawn, marked, rows, float(stats.fisher_exact(table, alternative="greater").pvalue),
                        float(center.pmf(hits))])
    return results


def seeds(rng):
    results = []
    for runs in (2, 3, 5, 10):
        values = rng.normal(0.9, 0.01, size=runs)
        low, high = stats.t.interval(0.95, runs - 1, loc=values.mean(), scale=stats.sem(values))
        results.append({"values": values.tolist(), "mean": float(values.mean()), "deviation": float(values.std(ddof=1)),
                        "interval": [float(low), float(high)]})
    return results


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
    cases += [
        describe(f"ties {i}", c["truth"], c["logits"], np.round(c["probabilities"] * 8) / 8)
        for i, c in enumerate(tied(rng) for _ in range(20))
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
        "studentQuantiles": [
            [p, f, float(stats.t.ppf(p, f))] for p in (0.005, 0.025, 0.4, 0.6, 0.95, 0.975, 0.9995)
            for f in (1, 2, 4, 9, 30, 1000)],
        "seeds": seeds(rng),
        "binomials": [
            [k, n, p, float(stats.binom.pmf(k, n, p))]
            for n in (1, 10, 500, 5000) for p in (0.01, 0.5, 0.93) for k in sorted({0, n // 2, round(n * p), n})],
        "fisher": fisher(rng),
        "gammas": [
            [a, x, float(special.gammaincc(a, x))]
            for a in (0.5, 1, 2.5, 30, 700) for x in (1e-3, 0.5, 2, 28, 33, 690, 730)],
        "kolmogorov": [[x, float(special.kolmogorov(x))] for x in (0, 0.2, 0.5, 0.9, 1, 1.1, 1.36, 2, 4)],
        "twoSamples": two_samples(rng, "exact"), "labelShifts": label_shifts(rng),
        "curves": [curve(c) for c in cases[:10] + cases[-10:] if 0 in c["truth"] and len(set(c["truth"])) > 1],
        "quantiles": [[s, q, float(np.quantile(s, q))] for s in samples for q in (0, 0.01, 0.5, 0.77, 0.99, 1)],
        "mcNemar": [[b, c, 1.0 if b + c == 0 else float(stats.binomtest(b, b + c).pvalue)] for b, c in discordant],
    }
    target = pathlib.Path(__file__).with_name("goldens.json")
    target.write_text(json.dumps(goldens, separators=(",", ":")).replace('},{"name', '},\n{"name') + "\n")


main()
