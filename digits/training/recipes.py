"""Training recipes: the settings by which each network is trained unless somebody changes them."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from digits.errors import TrainingFailed

DEFAULT_MODEL = "five_conv"
FAST_MODEL = "two_conv"
OPTIMIZERS = ("adam", "adamw", "sgd")
AUGMENTATIONS = ("none", "light", "strong")
PRECISIONS = ("float32", "bfloat16", "auto")

# Fields of `Recipe` whose key in checkpoints, training states and timelines is another word.
_FORMAT_KEYS = {
    "light_augment_share": "mild",
    "synthetic_share": "forms",
    "outlier_share": "outliers",
    "ood_epochs": "doubt",
    "ema_decay": "averaging",
}
_FIELDS = {key: name for name, key in _FORMAT_KEYS.items()}


@dataclass(frozen=True)
class Recipe:
    """Settings of a training run, stored in its checkpoint.

    Raises `TrainingFailed` for an unknown optimizer.
    """

    epochs: int
    batch_size: int
    optimizer: str  # adam · adamw · sgd
    lr: float  # with a schedule, the highest rate
    # constant · cosine (falls to 0) · one-cycle (rises, then falls to 0; to a fifth where weights are averaged)
    schedule: str = "constant"
    augment: str = "none"  # none · light · strong
    light_augment_share: float = 0.0  # of each batch: augmented lightly, whatever `augment` says
    synthetic_share: float = 0.0  # of each batch: digits drawn by code instead of MNIST digits
    outlier_share: float = 0.0  # of the batch size: pictures without a digit, added to each batch
    ood_epochs: int = 0  # epochs of the OOD head, after the network is trained
    weight_decay: float | None = None  # None: the optimizer's default
    ema_decay: float = 0.0  # of the exponential moving average of the weights; 0: no average
    precision: str = "float32"  # float32 · bfloat16 · auto (the faster one, measured at the start)

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise TrainingFailed(
                f"This version has no optimizer “{self.optimizer}”. Choose one of {', '.join(OPTIMIZERS)}."
            )

    def to_dict(self) -> dict[str, Any]:
        """Returns the settings under the keys of the file formats."""
        return {_FORMAT_KEYS.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Recipe":
        """Returns the recipe stored by `to_dict`.

        Raises `TrainingFailed` for an optimizer that this version lacks, and TypeError for an unknown key.
        """
        return cls(**{_FIELDS.get(key, key): value for key, value in content.items()})


# The usual settings of courses and tutorials, except for `five_conv`, the network that Inkling reads with.
RECIPES: dict[str, Recipe] = {
    "five_conv": Recipe(
        epochs=60,
        batch_size=256,
        optimizer="adamw",
        lr=4e-3,
        schedule="one-cycle",
        augment="strong",
        light_augment_share=0.5,
        synthetic_share=0.1,
        weight_decay=0.03,
        ema_decay=0.999,
        ood_epochs=12,
        precision="auto",
    ),
    "three_block": Recipe(epochs=20, batch_size=128, optimizer="adam", lr=1e-3, schedule="cosine", augment="light"),
    "two_conv": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_dropout": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_valid": Recipe(epochs=7, batch_size=64, optimizer="sgd", lr=1e-2),
    "four_conv_tiny": Recipe(epochs=1, batch_size=100, optimizer="adam", lr=1e-3),
    "mlp": Recipe(epochs=5, batch_size=128, optimizer="adam", lr=1e-3),
}
# `train --recipe fast`: a usable network in seconds.
FAST = Recipe(
    epochs=2,
    batch_size=192,
    optimizer="adamw",
    lr=6e-3,
    schedule="one-cycle",
    augment="light",
    precision="auto",
)


def ood_recipe(recipe: Recipe) -> Recipe:
    """Returns the recipe of the OOD head that follows a network's recipe.

    Digits are augmented lightly only: strongly turned digits resemble pictures without a digit.
    """
    return replace(
        recipe,
        epochs=min(recipe.ood_epochs, recipe.epochs),  # a trial of one epoch stays short
        ood_epochs=0,
        outlier_share=0.5,
        augment="light",
        light_augment_share=1.0,
        ema_decay=0.998,
    )


def describe(recipe: Recipe) -> str:
    """Returns the recipe in a few words, for people."""
    words = [f"{recipe.epochs} epochs", f"batches of {recipe.batch_size}", f"{recipe.optimizer} at {recipe.lr:g}"]
    if recipe.schedule != "constant":
        words.append(f"{recipe.schedule} schedule")
    if recipe.augment != "none":
        words.append(f"{recipe.augment} augmentation")
    if recipe.synthetic_share:
        words.append(f"{recipe.synthetic_share:.0%} synthetic digits")
    if recipe.outlier_share:
        words.append(f"{recipe.outlier_share:.0%} outliers added")
    if recipe.ema_decay:
        words.append("averaged weights")
    return ", ".join(words)
