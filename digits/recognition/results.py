"""Results of a classifier as plain values, and their form in the JSON of the API."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from digits.imaging.preprocessing import Box

MIN_TWO_DIGITS_SHARE = 0.8  # of the probability: if two digits have this much, the prediction is between these two


@dataclass(frozen=True)
class PreparedDigit:
    """One digit ready for a network.

    `image`: (28, 28) float32, 0 = paper, 1 = ink. `box`: of its ink, in pixels of the picture that was sent, which is
    `width` × `height`. `place`: of that box in the image. `milliseconds`: spent, by stage.
    """

    image: np.ndarray
    box: Box
    place: Box
    width: int
    height: int
    milliseconds: dict[str, float]


@dataclass(frozen=True)
class Activation:
    """Output of one layer for one digit: `values` float32 in the layer's shape, without batch."""

    name: str
    kind: str
    values: np.ndarray


@dataclass(frozen=True)
class Prediction:
    """Prediction of a network for one digit.

    `in_distribution`: the image looks enough like a digit. `confident`: like one digit alone. `probabilities`: ten
    floats that sum to 1, calibrated. `uncalibrated_confidence`: the largest softmax output without calibration.
    `box`: in pixels of the picture that was sent. `image`: (28, 28) float32, the network's input. `layers`: empty
    unless asked for. `milliseconds`: spent, by stage.
    """

    digit: int
    in_distribution: bool
    confident: bool
    probabilities: list[float]
    uncalibrated_confidence: float
    box: Box
    image: np.ndarray
    layers: list[Activation] = field(default_factory=list)
    milliseconds: dict[str, float] = field(default_factory=dict)

    @property
    def sure(self) -> bool:
        """True if the image is in distribution and the prediction is confident."""
        return self.in_distribution and self.confident

    @property
    def runner_up(self) -> int:
        """Digit with the second largest probability."""
        return max(set(range(10)) - {self.digit}, key=self.probabilities.__getitem__)

    @property
    def unsure_reason(self) -> str | None:
        """Reason why the prediction is unsure: `between` two digits, or `no-digit`; None if it is sure."""
        if self.sure:
            return None
        two_digits = self.probabilities[self.digit] + self.probabilities[self.runner_up]
        return "between" if self.in_distribution and two_digits >= MIN_TWO_DIGITS_SHARE else "no-digit"

    def summary(self) -> dict[str, Any]:
        """Returns the prediction with the keys of the API, as plain data."""
        return {
            "digit": self.digit,
            "sure": self.sure,
            "doubt": self.unsure_reason,
            "probabilities": self.probabilities,
            "claim": self.uncalibrated_confidence,
        }


@dataclass(frozen=True)
class PagePrediction:
    """Predictions for every digit of a picture, in reading order; `text` has one line per text line."""

    width: int
    height: int
    text: str
    digits: list[Prediction]

    def summary(self) -> dict[str, Any]:
        """Returns the response of /api/read, which `predict.py --json` also prints, as plain data."""
        digits = [{"box": list(prediction.box), **prediction.summary()} for prediction in self.digits]
        return {"width": self.width, "height": self.height, "text": self.text, "digits": digits}
