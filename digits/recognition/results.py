"""What a network made of a picture, as plain values."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from digits.imaging.preprocessing import Box

BETWEEN_TWO_SHARE = 0.8  # where the two largest probabilities make up so much, the question is which of the two it is


@dataclass(frozen=True)
class PreparedDigit:
    """One digit ready for a network: `image` (28, 28) float32, 0 = paper, 1 = ink.

    `box`: x, y, width, height of its ink in pixels of the sent picture, which is `width` × `height` · `place`: where in
    the image that box came to lie.
    """

    image: np.ndarray
    box: Box
    place: Box
    width: int
    height: int
    milliseconds: dict[str, float]


@dataclass(frozen=True)
class Activation:
    """What one layer made of one digit: `values` float32 in the layer's shape, without N."""

    name: str
    kind: str
    values: np.ndarray


@dataclass(frozen=True)
class Prediction:
    """One digit as the network read it.

    `in_distribution`: whether it looks enough like a digit · `confident`: whether like one digit alone · `probabilities`: ten
    floats that sum to 1, calibrated · `uncalibrated_confidence`: the largest of them as softmax alone would have it · `box`: x, y, width,
    height in pixels of the sent picture · `image`: the (28, 28) float32 that the network got · `layers`: empty unless
    asked for · `milliseconds`: per stage.
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
        """Whether there is nothing to doubt."""
        return self.in_distribution and self.confident

    @property
    def runner_up(self) -> int:
        """The digit with the second largest probability."""
        return max(set(range(10)) - {self.digit}, key=self.probabilities.__getitem__)

    @property
    def unsure_reason(self) -> str | None:
        """Why a reading is unsure: `between` two digits, or it looks like `no-digit`; None where it is sure."""
        if self.sure:
            return None
        two = self.probabilities[self.digit] + self.probabilities[self.runner_up]
        return "between" if self.in_distribution and two >= BETWEEN_TWO_SHARE else "no-digit"

    def summary(self) -> dict[str, Any]:
        """The answer itself, as plain data."""
        return {
            "digit": self.digit,
            "sure": self.sure,
            "doubt": self.unsure_reason,
            "probabilities": self.probabilities,
            "claim": self.uncalibrated_confidence,
        }


@dataclass(frozen=True)
class PagePrediction:
    """Every digit found on one picture; `text` has one line per written line."""

    width: int
    height: int
    text: str
    digits: list[Prediction]

    def summary(self) -> dict[str, Any]:
        """What /api/read answers and `predict.py --json` prints, as plain data."""
        digits = [{"box": list(reading.box), **reading.summary()} for reading in self.digits]
        return {"width": self.width, "height": self.height, "text": self.text, "digits": digits}
