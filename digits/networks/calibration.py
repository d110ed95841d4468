"""How sure a network may be: the temperature of its softmax, and the bounds beyond which a reading is unsure.

All is fitted on digits that the network has not learnt from, or one by the same recipe where it learnt from all, and
kept in its checkpoint.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

# The share of plain digits that may be called unsure where that is learnt: between two digits, and like none. Some are
# both, so that together it is one in a hundred.
LOW_CONFIDENCE_RATE, OOD_FALSE_POSITIVE_RATE = 0.0065, 0.0045


# Keys in a checkpoint → fields of `Calibration`.
_FORMAT_KEYS = {
    "temperature": "temperature",
    "clear": "confidence_threshold",
    "familiar": "in_distribution_threshold",
}


@dataclass(frozen=True)
class Calibration:
    """What makes raw answers into honest ones. As it stands, for networks never calibrated: softmax, sure from 90 %.

    Raw answers are ten logits and, of a network with doubt, the familiarity: (N, 10) or (N, 11). `temperature`: what
    the ten are divided by before softmax · `confidence_threshold`: the largest probability from which an answer is for one digit ·
    `in_distribution_threshold`: the log odds that it is a digit at all, from which an answer is to something like one.
    """

    temperature: float = 1.0
    confidence_threshold: float = 0.9
    in_distribution_threshold: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """Returns the values under the keys of the checkpoint format."""
        return {key: getattr(self, name) for key, name in _FORMAT_KEYS.items()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Calibration":
        """Returns the calibration stored by `to_dict`; raises TypeError for an unknown key."""
        unknown = content.keys() - _FORMAT_KEYS.keys()
        if unknown:
            raise TypeError(f"unknown keys of a calibration: {unknown}")
        return cls(**{_FORMAT_KEYS[key]: value for key, value in content.items()})

    def probabilities(self, raw: torch.Tensor) -> torch.Tensor:
        """The calibrated probabilities (N, 10) of raw answers."""
        return (raw[:, :10] / self.temperature).softmax(dim=1)

    def is_confident(self, probabilities: torch.Tensor) -> torch.Tensor:
        """Which calibrated probabilities (N, 10) are for one digit alone, (N,) bool."""
        return probabilities.amax(dim=1) >= self.confidence_threshold

    def is_in_distribution(self, raw: torch.Tensor) -> torch.Tensor:
        """Which raw answers are to something like a digit, (N,) bool; without doubt, all."""
        return in_distribution_logit(raw) >= self.in_distribution_threshold

    def is_sure(self, raw: torch.Tensor) -> torch.Tensor:
        """Which raw answers are both, (N,) bool."""
        return self.is_confident(self.probabilities(raw)) & self.is_in_distribution(raw)


UNCALIBRATED = Calibration()


def in_distribution_logit(raw: torch.Tensor) -> torch.Tensor:
    """The log odds that it is a digit at all, (N,): the last of raw answers (N, 11), infinite for (N, 10)."""
    return raw[:, 10] if raw.shape[1] > 10 else torch.full((len(raw),), torch.inf)


def fit_calibration(raw: torch.Tensor, labels: torch.Tensor) -> Calibration:
    """Calibrate a network by its raw answers (N, 10 or 11) to digits that it has not learnt from, labels (N,)."""
    plain = Calibration(fit_temperature(raw[:, :10], labels))
    if raw.shape[1] == 10:
        return plain
    clear = plain.probabilities(raw).amax(dim=1).quantile(LOW_CONFIDENCE_RATE).item()
    return Calibration(plain.temperature, clear, in_distribution_logit(raw).quantile(OOD_FALSE_POSITIVE_RATE).item())


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The number above 0 to divide logits (N, 10) by, so that their softmax explains the labels (N,) best.

    One number changes no reading, only how sure it is. Source: Guo, Pleiss, Sun, Weinberger: On Calibration of Modern
    Neural Networks, 2017.
    """
    logits = logits.clone()  # those of inference mode take part in no gradient
    exponent = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([exponent], max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(logits / exponent.exp(), labels)
        value.backward()
        return value

    with torch.enable_grad():
        optimizer.step(loss)
    return exponent.exp().item()
