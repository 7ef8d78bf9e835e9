"""The trained numbers of the intent classifier: linear scores, and a temperature that turns them into probabilities.

Training uses scikit-learn; prediction needs only numpy, which keeps a serving process small.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Features = dict[str, float]


@dataclass(frozen=True)
class IntentModel:
    """One row of weights per feature, one column per intent."""

    intents: list[str]
    vocabulary: dict[str, int]
    weights: Matrix
    bias: Matrix
    temperature: float

    def probabilities(self, features: Features) -> Matrix:
        """One probability per intent, in the order of `intents`. Features never seen in training count as absent."""
        known = [(self.vocabulary[name], value) for name, value in features.items() if name in self.vocabulary]
        scores = self.bias
        if known:
            rows = [row for row, _ in known]
            scores = scores + np.array([value for _, value in known], dtype=np.float32) @ self.weights[rows]
        return _softmax(scores * self.temperature)

    def save(self, folder: Path) -> None:
        """Writes numbers and names only: nothing that could run code when it is loaded."""
        np.savez(folder / "weights.npz", weights=self.weights, bias=self.bias)
        names = {"intents": self.intents, "vocabulary": self.vocabulary, "temperature": self.temperature}
        (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Reads what `save` wrote."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            return cls(weights=arrays["weights"], bias=arrays["bias"], **names)


def fit(examples: Sequence[Features], labels: Sequence[str], penalty: float, seed: int) -> IntentModel:
    """A linear support vector machine over all examples, its temperature fitted on scores of held-back fifths."""
    # Imported here because only training needs them, and they would double the memory of a server.
    from scipy.optimize import minimize_scalar  # noqa: PLC0415
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.svm import LinearSVC  # noqa: PLC0415

    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(examples)
    machine = LinearSVC(C=penalty, class_weight="balanced", random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    held_back = cross_val_predict(machine, matrix, labels, cv=folds, method="decision_function")
    machine.fit(matrix, labels)
    intents = [str(name) for name in machine.classes_]
    truth = np.array([intents.index(label) for label in labels])
    best = minimize_scalar(lambda scale: _log_loss(held_back * scale, truth), bounds=(0.5, 20.0), method="bounded")
    return IntentModel(
        intents=intents,
        vocabulary={name: int(row) for name, row in vectorizer.vocabulary_.items()},
        weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
        bias=machine.intercept_.astype(np.float32),
        temperature=float(best.x),
    )


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: Matrix = raised / raised.sum(axis=-1, keepdims=True)
    return result


def _log_loss(scores: Matrix, truth: NDArray[np.int64]) -> float:
    chosen = _softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())
