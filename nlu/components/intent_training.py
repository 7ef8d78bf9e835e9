"""Fits the intent model: a linear support vector machine, and a temperature from scores on held-back texts.

In a module of its own because scikit-learn would double the memory of a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, vstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from components.features import LEAST_MESSAGES, VIEWS, TokenNumbers, Weights, features_of
from components.intent_model import IntentModel, Tokens, Vocabulary, softmax
from components.sounds import make_sound_table

FOLDS = 3
# Messages turned into features at a time.
CHUNK = 512
Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """`penalty` is the C of the machine; `views` are those of components.features."""

    penalty: float = 0.5
    seed: int = 0
    views: tuple[str, ...] = VIEWS


def fit(messages: Sequence[Tokens], labels: Sequence[str], settings: Settings, say: Say) -> IntentModel:
    """The model of these messages; `say` is told what is going on.

    The temperature is fitted on scores of texts that the machine has not seen (three folds).
    """
    vocabulary = learn_vocabulary(messages, settings.views)
    say(f"{len(messages)} messages, {len(vocabulary.codes)} features")
    matrix = as_matrix(messages, vocabulary)
    intents = sorted(set(labels))
    truth = np.array([intents.index(label) for label in labels])
    held_back = _held_back_scores(matrix, truth, settings)
    say(f"held-back accuracy {(held_back.argmax(axis=1) == truth).mean():.3f}")
    machine = _machine(settings).fit(matrix, truth)
    best = minimize_scalar(lambda scale: _log_loss(held_back * scale, truth), bounds=(0.5, 20.0), method="bounded")
    say(f"temperature {best.x:.2f}")
    weights = np.ascontiguousarray(machine.coef_.T, dtype=np.float32)
    return IntentModel(intents, vocabulary, weights, machine.intercept_.astype(np.float32), float(best.x))


def learn_vocabulary(messages: Sequence[Tokens], views: tuple[str, ...]) -> Vocabulary:
    """The features that enough messages have."""
    tokens = TokenNumbers.learn(messages, make_sound_table())
    every = np.concatenate([np.unique(features_of(tokens.read([message]), views)[1]) for message in messages])
    codes, holders = np.unique(every, return_counts=True)
    codes, holders = codes[holders >= LEAST_MESSAGES], holders[holders >= LEAST_MESSAGES]
    rarity = np.log((1 + len(messages)) / (1 + holders)) + 1
    return Vocabulary(tokens, codes, rarity.astype(np.float32), views)


def as_matrix(messages: Sequence[Tokens], vocabulary: Vocabulary) -> csr_matrix:
    """The messages as one sparse matrix, a row each."""
    parts = []
    for start in range(0, len(messages), CHUNK):
        rows = vocabulary.rows(messages[start : start + CHUNK])
        shape = (len(rows.ends) - 1, len(vocabulary.codes))
        parts.append(csr_matrix((rows.values, rows.places, rows.ends), shape=shape))
    return vstack(parts, format="csr")


def _machine(settings: Settings) -> LinearSVC:
    return LinearSVC(C=settings.penalty, random_state=settings.seed)


def _held_back_scores(matrix: csr_matrix, truth: NDArray[np.int64], settings: Settings) -> Weights:
    """Each message's scores from a machine that has not seen it; the folds run side by side."""
    scores = np.empty((len(truth), truth.max() + 1), dtype=np.float32)

    def run(fold: tuple[Any, Any]) -> None:
        seen, unseen = fold
        machine = _machine(settings).fit(matrix[seen], truth[seen])
        scores[unseen] = machine.decision_function(matrix[unseen])

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=settings.seed).split(matrix, truth)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, folds))
    return scores


def _log_loss(scores: Weights, truth: NDArray[np.int64]) -> float:
    chosen = softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())
