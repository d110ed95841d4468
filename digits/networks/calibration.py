"""Calibration: the temperature of the softmax, and the thresholds of unsure predictions.

All are fitted on digits that the network was not trained on, and stored in its checkpoint.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

# Target false-alarm rates on held-out digits. Some digits fall under both, so that together about 1 % are unsure.
LOW_CONFIDENCE_RATE = 0.0065
OOD_FALSE_POSITIVE_RATE = 0.0045

# Keys in a checkpoint → fields of `Calibration`.
_FORMAT_KEYS = {
    "temperature": "temperature",
    "clear": "confidence_threshold",
    "familiar": "in_distribution_threshold",
}


@dataclass(frozen=True)
class Calibration:
    """Turns logits into calibrated probabilities and decides if a prediction is sure.

    Logits are (N, 10), or (N, 11) of a network with an OOD head, whose last column is the in-distribution logit. The
    defaults are for networks that were never calibrated.
    """

    temperature: float = 1.0  # divides the ten logits before softmax
    confidence_threshold: float = 0.9  # least probability of a confident prediction
    in_distribution_threshold: float = 0.0  # least in-distribution logit of a digit

    def to_dict(self) -> dict[str, float]:
        """Returns the values under the keys of the checkpoint format."""
        return {key: getattr(self, name) for key, name in _FORMAT_KEYS.items()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Calibration":
        """Returns the calibration stored by `to_dict`; raises TypeError for an unknown key."""
        # Some networks that ship have an empty entry `none`.
        values = {key: value for key, value in content.items() if (key, value) != ("none", None)}
        unknown = values.keys() - _FORMAT_KEYS.keys()
        if unknown:
            raise TypeError(f"unknown keys of a calibration: {unknown}")
        return cls(**{_FORMAT_KEYS[key]: value for key, value in values.items()})

    def probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        """Returns calibrated probabilities (N, 10)."""
        return (logits[:, :10] / self.temperature).softmax(dim=1)

    def is_confident(self, probabilities: torch.Tensor) -> torch.Tensor:
        """Returns (N,) bool: the largest of the calibrated probabilities (N, 10) reaches the threshold."""
        return probabilities.amax(dim=1) >= self.confidence_threshold

    def is_in_distribution(self, logits: torch.Tensor) -> torch.Tensor:
        """Returns (N,) bool: the OOD head takes the image for a digit; without an OOD head, all True."""
        return in_distribution_logit(logits) >= self.in_distribution_threshold

    def is_sure(self, logits: torch.Tensor) -> torch.Tensor:
        """Returns (N,) bool: the prediction is confident and in distribution."""
        return self.is_confident(self.probabilities(logits)) & self.is_in_distribution(logits)


UNCALIBRATED = Calibration()


def in_distribution_logit(logits: torch.Tensor) -> torch.Tensor:
    """Returns the log-odds (N,) that each image is a digit: the last of 11 logits, infinite for 10."""
    return logits[:, 10] if logits.shape[1] > 10 else torch.full((len(logits),), torch.inf)


def fit_calibration(logits: torch.Tensor, labels: torch.Tensor) -> Calibration:
    """Fits temperature and thresholds to logits (N, 10 or 11) of held-out digits with labels (N,).

    Without an OOD head only the temperature is fitted.
    """
    scaled = Calibration(fit_temperature(logits[:, :10], labels))
    if logits.shape[1] == 10:
        return scaled
    confidence = scaled.probabilities(logits).amax(dim=1).quantile(LOW_CONFIDENCE_RATE).item()
    in_distribution = in_distribution_logit(logits).quantile(OOD_FALSE_POSITIVE_RATE).item()
    return Calibration(scaled.temperature, confidence, in_distribution)


def fit_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """Returns the temperature above 0 that minimises the cross entropy of logits (N, 10) and labels (N,).

    It changes no prediction, only the probabilities. Source: Guo, Pleiss, Sun, Weinberger: On Calibration of Modern
    Neural Networks, 2017.
    """
    logits = logits.clone()  # tensors of inference mode take part in no gradient
    log_temperature = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(logits / log_temperature.exp(), labels)
        value.backward()
        return value

    with torch.enable_grad():
        optimizer.step(loss)
    return log_temperature.exp().item()
