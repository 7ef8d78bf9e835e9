"""The pictures of the report: small, and the same bytes for the same figures."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from evaluation.figures import BINS, Bin
from evaluation.guesses import Guess
from evaluation.learning_curve import Point
from matplotlib.figure import Figure
from PIL import Image

mpl.use("Agg")
# Few colours make small files; a chart has no more.
COLOURS = 64
INK = "#1f4e79"


def draw_confusion(guesses: Sequence[Guess], path: Path) -> None:
    """Gold intents down, guesses across; a cell's shade is its share of the row, its number how many texts."""
    intents = sorted({guess.gold.intent for guess in guesses} | {guess.name for guess in guesses})
    place = {intent: number for number, intent in enumerate(intents)}
    counts = np.zeros((len(intents), len(intents)), dtype=int)
    for (gold, name), count in Counter((guess.gold.intent, guess.name) for guess in guesses).items():
        counts[place[gold], place[name]] = count
    figure = Figure(figsize=(16, 15), dpi=90)
    axes = figure.add_subplot()
    # The root of the share: one stray text must be seen beside a full diagonal.
    axes.imshow(np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)), cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if row == column else "#a00000"
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(intents)), intents, rotation=90, fontsize=8)
    axes.set_yticks(range(len(intents)), intents, fontsize=8)
    axes.set_xlabel("guess")
    axes.set_ylabel("gold")
    axes.set_xticks(np.arange(len(intents)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(intents)) - 0.5, minor=True)
    axes.grid(which="minor", color="#e4e4e4", linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    _save(figure, path)


def draw_calibration(bins: Sequence[Bin], path: Path) -> None:
    """What the model claims against how often it is right, and how many texts each bin holds."""
    figure = Figure(figsize=(6, 6), dpi=100)
    axes, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1, label="claims what it keeps")
    axes.plot([one.confidence for one in bins], [one.accuracy for one in bins], "o-", color=INK, label="model")
    axes.set_ylabel("accuracy")
    axes.set_ylim(0, 1.02)
    axes.legend(loc="lower right")
    lows, texts = [one.low for one in bins], [one.texts for one in bins]
    below.bar(lows, texts, 1 / BINS, align="edge", color=INK, edgecolor="white")
    below.set_yscale("log")
    below.yaxis.set_major_formatter("{x:.0f}")
    below.set_ylabel("texts")
    below.set_xlabel("confidence of the first guess")
    below.set_xlim(0, 1)
    _save(figure, path)


def draw_learning_curve(points: Sequence[Point], path: Path) -> None:
    """Accuracy and macro F1 on dev over texts per intent."""
    figure = Figure(figsize=(6, 4), dpi=100)
    axes = figure.add_subplot()
    counts = [point.texts_per_intent for point in points]
    axes.plot(counts, [point.accuracy for point in points], "o-", color=INK, label="accuracy")
    axes.plot(counts, [point.macro_f1 for point in points], "s--", color="#b5651d", label="macro F1")
    axes.set_xscale("log")
    axes.set_xticks(counts, [f"{count:.0f}" for count in counts])
    axes.minorticks_off()
    axes.set_xlabel("training texts per intent (mean)")
    axes.set_ylabel("on dev")
    axes.grid(color="#e4e4e4")
    axes.legend(loc="lower right")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    """With few colours, and without matplotlib's version in it."""
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", bbox_inches="tight", metadata={"Software": None})
    Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
