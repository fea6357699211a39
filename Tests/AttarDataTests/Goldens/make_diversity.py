"""Writes diversity.json: figures of a few texts by NLTK, for DiversityTests."""

import json
from pathlib import Path

from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from nltk.util import ngrams

SETS = [
    [
        "the kettle boils fast and looks good on the shelf",
        "the kettle boils fast but the lid is loose",
        "a lamp that flickers is no lamp at all",
        "good",
        "the lid of the pot is loose",
        "it came late it came broken it came without a plug",
    ],
    ["one and the same line of words here", "one and the same line of words here"],
    ["alpha beta gamma", "delta epsilon zeta eta", "theta iota"],
]


def distinct(texts, n):
    runs = [run for text in texts for run in ngrams(text.split(), n)]
    return len(set(runs)) / len(runs)


def self_bleu(texts):
    words = [text.split() for text in texts]
    smoothing = SmoothingFunction().method1
    scores = [
        sentence_bleu(words[:i] + words[i + 1 :], words[i], smoothing_function=smoothing) for i in range(len(words))
    ]
    return sum(scores) / len(scores)


golden = [
    {"texts": texts, "distinct": [distinct(texts, n) for n in (1, 2)], "selfBLEU": self_bleu(texts)} for texts in SETS
]
Path(__file__).with_name("diversity.json").write_text(json.dumps(golden, indent=1) + "\n")
