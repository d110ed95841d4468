"""How each network of the zoo is trained unless somebody asks otherwise."""

from dataclasses import dataclass

DEFAULT_MODEL = "three_block"
OPTIMIZERS = ("adam", "adamw", "sgd")


@dataclass(frozen=True)
class Recipe:
    """The choices that decide what training makes of a network; kept in its checkpoint."""

    epochs: int
    batch_size: int
    optimizer: str  # adam · adamw · sgd
    lr: float
    schedule: str = "constant"  # constant · cosine (down to 0 over the whole run)
    augment: str = "none"  # none · light


# As these networks are usually met in courses and tutorials; `three_block` is the one made to be used.
RECIPES: dict[str, Recipe] = {
    "three_block": Recipe(epochs=20, batch_size=128, optimizer="adam", lr=1e-3, schedule="cosine", augment="light"),
    "two_conv": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_dropout": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_valid": Recipe(epochs=7, batch_size=64, optimizer="sgd", lr=1e-2),
    "four_conv_tiny": Recipe(epochs=1, batch_size=100, optimizer="adam", lr=1e-3),
    "mlp": Recipe(epochs=5, batch_size=128, optimizer="adam", lr=1e-3),
}
