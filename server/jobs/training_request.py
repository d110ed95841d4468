"""What may be asked of a training, and within which bounds."""

import json
import math
from dataclasses import dataclass, fields
from typing import Any

from digits.training.recipes import AUGMENTATIONS, OPTIMIZERS, RECIPES
from server.problems import Problem

MOST_DIGITS = 55_000  # of MNIST's training digits; the others are kept back to measure on
EPOCHS = 200


@dataclass(frozen=True)
class TrainingRequest:
    """What is to be trained, and how."""

    network: str
    lr: float
    batch_size: int
    optimizer: str
    digits: int
    augment: str
    epochs: int
    seed: int


@dataclass(frozen=True)
class FieldRule:
    """What a wish may be: one of `choices`, or a number of a kind from `least` to `most`."""

    choices: tuple[str, ...] = ()
    kind: type = int
    least: float = 1
    most: float = math.inf

    def admits(self, value: Any) -> bool:
        """Whether a wish may be this."""
        if self.choices:
            return isinstance(value, str) and value in self.choices
        fits = isinstance(value, int) or (isinstance(value, float) and (self.kind is float or value.is_integer()))
        return fits and not isinstance(value, bool) and self.least <= value <= self.most

    def schema(self) -> dict[str, Any]:
        """Returns the keywords of JSON Schema that state the rule."""
        if self.choices:
            return {"enum": list(self.choices)}
        return {"minimum": self.least, "maximum": self.most}

    def __str__(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        return f"a {'' if self.kind is float else 'whole '}number from {self.least:,} to {self.most:,}"


FIELD_RULES = {
    "network": FieldRule(choices=tuple(RECIPES)),
    "lr": FieldRule(kind=float, least=1e-6, most=10),
    "batch_size": FieldRule(most=4096),
    "optimizer": FieldRule(choices=OPTIMIZERS),
    "digits": FieldRule(least=10, most=MOST_DIGITS),
    "augment": FieldRule(choices=AUGMENTATIONS),
    "epochs": FieldRule(most=EPOCHS),
    "seed": FieldRule(least=0, most=2**31 - 1),
}


def parse(body: bytes) -> TrainingRequest:
    """The wish that a body of JSON tells; raises the 400 that says what it may be."""
    try:
        asked = json.loads(body)
        if not isinstance(asked, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        raise Problem(400, "bad-json", "Not the JSON expected", 'Send an object like {"network": "mlp"}.') from None
    names = [field.name for field in fields(TrainingRequest)]
    recipe = RECIPES[asked["network"]] if FIELD_RULES["network"].admits(asked.get("network")) else RECIPES["two_conv"]
    usual = {"network": "two_conv", "digits": MOST_DIGITS, "seed": 1}
    usual |= {name: getattr(recipe, name) for name in names if name not in usual}
    for name, value in asked.items():
        if name not in names:
            raise Problem(400, "bad-parameter", "Unknown name", f"There is no “{name}”. Known: {', '.join(names)}.")
        if not FIELD_RULES[name].admits(value):
            detail = f"{name} is {json.dumps(value)[:40]}; it can be {FIELD_RULES[name]}."
            raise Problem(400, "bad-parameter", "Unknown value", detail)
        if isinstance(value, float):
            asked[name] = FIELD_RULES[name].kind(value)  # 3.0 is a whole number in JSON
    return TrainingRequest(**{**usual, **asked})
