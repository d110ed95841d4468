"""How each network of the zoo is trained unless somebody asks otherwise."""

from dataclasses import dataclass, replace

DEFAULT_MODEL = "five_conv"
FAST_MODEL = "two_conv"
OPTIMIZERS = ("adam", "adamw", "sgd", "muon")
AUGMENTATIONS = ("none", "light", "strong")
PRECISIONS = ("float32", "bfloat16", "auto")


@dataclass(frozen=True)
class Recipe:
    """The choices that decide what training makes of a network; kept in its checkpoint."""

    epochs: int
    batch_size: int
    optimizer: str  # adam · adamw · sgd · muon (for the hidden layers; the rest by adamw)
    lr: float  # with a schedule, the highest
    # constant · cosine (down to 0 over the whole run) · one-cycle (up, then down to 0; to a fifth where a mean is kept)
    schedule: str = "constant"
    augment: str = "none"  # none · light · strong
    mild: float = 0.0  # share of each batch that is varied lightly, whatever the rest
    forms: float = 0.0  # share of each batch that is drawn by code instead of taken from MNIST
    outliers: float = 0.0  # pictures that are no digit, as a share of the batch that they come on top of
    doubt: int = 0  # epochs that follow, in which layers of its own learn to tell such pictures
    weight_decay: float | None = None  # None: as the optimiser has it by itself
    averaging: float = 0.0  # the share of the mean of weights that stays at each step; 0: no mean is kept
    precision: str = "float32"  # float32 · bfloat16 · auto (the faster one, by a measurement at the start)


# As these networks are usually met in courses and tutorials; `five_conv` is the one made to be used.
RECIPES: dict[str, Recipe] = {
    "five_conv": Recipe(
        epochs=60,
        batch_size=256,
        optimizer="adamw",
        lr=4e-3,
        schedule="one-cycle",
        augment="strong",
        mild=0.5,
        forms=0.1,
        weight_decay=0.03,
        averaging=0.999,
        doubt=12,
        precision="auto",
    ),
    "three_block": Recipe(epochs=20, batch_size=128, optimizer="adam", lr=1e-3, schedule="cosine", augment="light"),
    "two_conv": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_dropout": Recipe(epochs=5, batch_size=64, optimizer="adam", lr=1e-3),
    "two_conv_valid": Recipe(epochs=7, batch_size=64, optimizer="sgd", lr=1e-2),
    "four_conv_tiny": Recipe(epochs=1, batch_size=100, optimizer="adam", lr=1e-3),
    "mlp": Recipe(epochs=5, batch_size=128, optimizer="adam", lr=1e-3),
}
# For the impatient: a network that is worth something in seconds.
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
    """The recipe of the epochs that follow: digits as they come, since what is turned far may be taken for no digit."""
    epochs = min(recipe.doubt, recipe.epochs)  # a trial of one epoch is not to take eleven
    return replace(recipe, epochs=epochs, doubt=0, outliers=0.5, augment="light", mild=1.0, averaging=0.998)


def describe(recipe: Recipe) -> str:
    """A recipe in a few words."""
    words = [f"{recipe.epochs} epochs", f"batches of {recipe.batch_size}", f"{recipe.optimizer} at {recipe.lr:g}"]
    if recipe.schedule != "constant":
        words.append(f"{recipe.schedule} schedule")
    if recipe.augment != "none":
        words.append(f"{recipe.augment} augmentation")
    if recipe.forms:
        words.append(f"{recipe.forms:.0%} drawn by code")
    if recipe.outliers:
        words.append(f"{recipe.outliers:.0%} more that are no digit")
    if recipe.averaging:
        words.append("averaged weights")
    return ", ".join(words)
