"""Old files still load: those that ship, and a training state with the old keys of recipes."""

import pytest
import torch
from pictures import ROOT

from digits.data import bundled
from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.networks import checkpoint, timeline
from digits.networks.calibration import UNCALIBRATED
from digits.training.loop import fit
from digits.training.recipes import RECIPES, Recipe, ood_recipe
from digits.training.run import Run

OLD_STATE = ROOT / "tests/data/training_state.pth"  # after the first of three epochs
OLD_RECIPE = Recipe(
    epochs=3,
    batch_size=40,
    optimizer="sgd",
    lr=0.05,
    schedule="one-cycle",
    augment="light",
    light_augment_share=0.4,
    synthetic_share=0.1,
    weight_decay=0.01,
)
KEYS = {
    *("epochs", "batch_size", "optimizer", "lr", "schedule", "augment", "mild", "forms", "outliers", "doubt"),
    *("weight_decay", "averaging", "precision"),
}


@pytest.mark.parametrize("recipe", [*RECIPES.values(), ood_recipe(RECIPES["five_conv"])])
def test_a_recipe_comes_back_from_its_dict(recipe):
    assert recipe.to_dict().keys() == KEYS
    assert Recipe.from_dict(recipe.to_dict()) == recipe


@pytest.mark.parametrize("path", [ROOT / "mnist_model.pth", *sorted((ROOT / "models").glob("*.pth"))], ids=str)
def test_checkpoints_that_ship_load(path):
    network, metadata = checkpoint.load(path)
    recipe = Recipe.from_dict(metadata.recipe)
    assert metadata.recipe.items() <= recipe.to_dict().items()
    assert network.architecture == metadata.architecture
    assert metadata.test_accuracy > 95
    if path.name == "mnist_model.pth":
        assert metadata.ood_head is not None
        assert metadata.calibration != UNCALIBRATED
        assert (recipe.ood_epochs, recipe.synthetic_share, recipe.ema_decay) == (12, 0.1, 0.999)


@pytest.mark.parametrize("path", sorted((ROOT / "models").glob("*.timeline")), ids=str)
def test_timelines_that_ship_load(path):
    found = timeline.load(path)
    assert len(found.networks) == len(found.snapshots) > 10
    assert Recipe.from_dict(found.recipe).epochs >= 1


def test_an_old_training_state_goes_on():
    digits = bundled.load().train
    train, validation = (Digits(digits.images[some], digits.labels[some]) for some in (slice(200), slice(200, 260)))
    run = Run.resume(OLD_STATE, "four_conv_tiny", OLD_RECIPE, 3, "cpu")
    assert [epoch.epoch for epoch in run.history] == [1]
    list(fit(run, train, validation))
    assert [epoch.epoch for epoch in run.history] == [1, 2, 3]
    whole = Run("four_conv_tiny", OLD_RECIPE, 3)
    list(fit(whole, train, validation))
    assert run.history[-1].loss == pytest.approx(whole.history[-1].loss, rel=1e-3)  # roundings differ between machines


def test_an_optimizer_of_an_older_version_is_named(tmp_path):
    state = torch.load(OLD_STATE, weights_only=True)
    state["recipe"]["optimizer"] = "muon"
    torch.save(state, tmp_path / "net.state.pth")
    with pytest.raises(TrainingFailed, match="no optimizer “muon”"):
        Run.resume(tmp_path / "net.state.pth", "four_conv_tiny", OLD_RECIPE, 3, "cpu")
    with pytest.raises(TrainingFailed, match="adam, adamw, sgd"):
        Recipe(epochs=1, batch_size=8, optimizer="muon", lr=1e-3)
