"""The request for a training: its fields, their rules, and the parser."""

import json
import math
from dataclasses import dataclass, fields
from typing import Any

from digits.training.recipes import AUGMENTATIONS, OPTIMIZERS, RECIPES
from server.problems import Problem

MAX_DIGITS = 55_000  # MNIST's training digits without those that validate
MAX_EPOCHS = 200
DEFAULT_NETWORK = "two_conv"


@dataclass(frozen=True)
class TrainingRequest:
    """The network to train, and the options of its training."""

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
    """The values of a field: one of `choices`, or a number of a kind from `minimum` to `maximum`.

    The contract states the same rules as JSON Schema (`schema`). The check itself is written here: its messages name
    the field, the value and the range, which those of jsonschema do not, and it refuses NaN, which JSON Schema's
    `minimum` lets pass.
    """

    choices: tuple[str, ...] = ()
    kind: type = int
    minimum: float = 1
    maximum: float = math.inf

    def admits(self, value: Any) -> bool:
        """Returns whether a field may have this value."""
        if self.choices:
            return isinstance(value, str) and value in self.choices
        fits = isinstance(value, int) or (isinstance(value, float) and (self.kind is float or value.is_integer()))
        return fits and not isinstance(value, bool) and self.minimum <= value <= self.maximum

    def schema(self) -> dict[str, Any]:
        """Returns the keywords of JSON Schema that state the rule."""
        if self.choices:
            return {"enum": list(self.choices)}
        return {"minimum": self.minimum, "maximum": self.maximum}

    def __str__(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        return f"a {'' if self.kind is float else 'whole '}number from {self.minimum:,} to {self.maximum:,}"


FIELD_RULES = {
    "network": FieldRule(choices=tuple(RECIPES)),
    "lr": FieldRule(kind=float, minimum=1e-6, maximum=10),
    "batch_size": FieldRule(maximum=4096),
    "optimizer": FieldRule(choices=OPTIMIZERS),
    "digits": FieldRule(minimum=10, maximum=MAX_DIGITS),
    "augment": FieldRule(choices=AUGMENTATIONS),
    "epochs": FieldRule(maximum=MAX_EPOCHS),
    "seed": FieldRule(minimum=0, maximum=2**31 - 1),
}


def parse(body: bytes) -> TrainingRequest:
    """Returns the request in a JSON body; missing fields get the values of the network's recipe.

    Raises a 400 that names the field and the values that it may have.
    """
    given = _json_object(body)
    names = [field.name for field in fields(TrainingRequest)]
    for name, value in given.items():
        if name not in names:
            detail = f"There is no field “{name}”. Known: {', '.join(names)}."
            raise Problem(400, "bad-parameter", "Unknown name", detail)
        if not FIELD_RULES[name].admits(value):
            detail = f"{name} is {json.dumps(value)[:40]}; it can be {FIELD_RULES[name]}."
            raise Problem(400, "bad-parameter", "Unknown value", detail)
        if isinstance(value, float):
            given[name] = FIELD_RULES[name].kind(value)  # 3.0 is a whole number in JSON
    values: dict[str, Any] = {"network": DEFAULT_NETWORK, "digits": MAX_DIGITS, "seed": 1, **given}
    recipe = RECIPES[values["network"]]
    return TrainingRequest(**{name: values[name] if name in values else getattr(recipe, name) for name in names})


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
        if not isinstance(content, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        raise Problem(400, "bad-json", "Not the JSON expected", 'Send an object like {"network": "mlp"}.') from None
    return content
