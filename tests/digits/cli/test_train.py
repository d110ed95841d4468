"""`train`, with the sheet's digits in MNIST's place."""

import json
import os
import subprocess
import sys

import pytest
import torch
from pictures import ROOT
from PIL import Image
from training_commands import TINY, same, weights

from digits.networks import checkpoint
from digits.networks.calibration import UNCALIBRATED
from digits.training.recipes import DEFAULT_MODEL, FAST, FAST_MODEL

pytestmark = pytest.mark.slow


def is_picture(path):
    with Image.open(path) as picture:
        return picture.format == "PNG" and min(picture.size) > 100


def test_the_last_line_is_the_result_as_json(train, tmp_path):
    result = train("--model", "mlp", "--epochs", 2, "--output", "my/net.pth", "--json")
    told = json.loads(result.stdout.splitlines()[-1])
    assert told.keys() == {"test_accuracy", "seconds", "model", "parameters", "output"}
    assert (told["model"], told["parameters"]) == ("mlp", 101_770)
    assert told["output"] == os.path.join("my", "net.pth")  # noqa: PTH118
    assert told["seconds"] >= 0
    network, facts = checkpoint.load(tmp_path / "my/net.pth")
    assert 20 < facts.test_accuracy <= 100
    assert told["test_accuracy"] == pytest.approx(facts.test_accuracy, abs=0.006)
    assert (facts.seed, facts.training_digits, facts.recipe["epochs"]) == (3, 320, 2)
    assert facts.recipe["batch_size"] == 64
    assert network.architecture == "mlp"


@pytest.fixture
def real_figures():
    """Keeps the functions that draw, before the fixture `train` replaces them."""
    from digits.pictures import figures

    return {name: getattr(figures, name) for name in ("draw_predictions", "draw_training_history")}


def test_pictures_and_state_lie_beside_the_checkpoint_and_nothing_else_does(real_figures, train, tmp_path, monkeypatch):
    for name, draw in real_figures.items():
        monkeypatch.setattr(f"digits.pictures.figures.{name}", draw)
    train("--model", "mlp", "--epochs", 1, "--output", "out/net.pth")
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files == {"net.pth", "net.state.pth", "training_history.png", "predictions.png"}
    assert is_picture(tmp_path / "out/training_history.png")
    assert is_picture(tmp_path / "out/predictions.png")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_default_network_goes_into_mnist_model_pth(train, tmp_path, asked):
    train("--epochs", 1)
    assert checkpoint.load(tmp_path / "mnist_model.pth")[1].architecture == DEFAULT_MODEL
    assert [str(folder) for folder in asked] == ["data"]


def test_another_network_goes_into_the_folder_of_models(train, tmp_path, asked):
    train("--model", "two_conv", "--epochs", 1, "--data", "elsewhere")
    assert checkpoint.load(tmp_path / "models/two_conv.pth")[1].architecture == "two_conv"
    assert not (tmp_path / "mnist_model.pth").exists()
    assert [str(folder) for folder in asked] == ["elsewhere"]


def test_the_fast_recipe_has_its_own_file_and_network(train, tmp_path):
    output = train("--recipe", "fast").output
    network, facts = checkpoint.load(tmp_path / "models/fast.pth")
    assert network.architecture == FAST_MODEL
    assert facts.recipe["epochs"] == FAST.epochs
    assert "models/fast.pth" in output
    assert not (tmp_path / "mnist_model.pth").exists()


def test_the_fast_recipe_suits_any_network(train, tmp_path):
    train("--recipe", "fast", "--model", "mlp", "--epochs", 1, "--output", "net.pth")
    assert checkpoint.load(tmp_path / "net.pth")[0].architecture == "mlp"


def test_two_processes_train_the_network_that_one_would(train, tmp_path):
    """One process, started here, and two of torchrun learn alike."""
    options = ["--model", "mlp", "--epochs", "2", "--device", "cpu", "--json", *TINY]
    alone = train(*options, "--output", "one/net.pth")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    together = subprocess.run(
        [*command, str(ROOT / "tests/support/train_on_page_digits.py"), *options, "--output", "two/net.pth"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert together.returncode == 0, together.stdout + together.stderr
    assert "2 processes together" in together.stderr
    assert together.stderr.count("2/2") == alone.stderr.count("2/2") == 1  # one of them prints
    [result] = together.stdout.splitlines()
    assert json.loads(result)["test_accuracy"] == pytest.approx(json.loads(alone.stdout)["test_accuracy"], abs=0.5)
    one, two = weights(tmp_path / "one/net.pth"), weights(tmp_path / "two/net.pth")
    assert all(torch.max((value.float() - two[name]).abs()) < 1e-4 for name, value in one.items())
    files = {path.name for path in (tmp_path / "two").iterdir()}
    assert files == {"net.pth", "net.state.pth", "training_history.png", "predictions.png"}


def test_a_table_tells_of_each_epoch(train):
    output = train("--model", "mlp", "--epochs", 3).output
    assert all(f"{epoch}/3" in output for epoch in (1, 2, 3))
    assert "validation" in output
    assert "% of the" in output.splitlines()[-1]


def test_all_digits_are_learnt_from_if_asked(train, tmp_path):
    train("--model", "mlp", "--epochs", 1, "--full", "--output", "net.pth")
    assert checkpoint.load(tmp_path / "net.pth")[1].training_digits == 400


def test_how_sure_a_network_of_all_digits_may_be_is_taken_over(train, tmp_path):
    def facts(*options):
        result = train("--model", "two_conv", "--epochs", 1, "--doubt", 1, "--output", "net.pth", *options)
        return checkpoint.load(tmp_path / "net.pth")[1], " ".join(result.stdout.split())

    alone, said = facts("--full")
    assert (alone.training_digits, alone.calibration) == (400, UNCALIBRATED)
    assert "train without --full first" in said
    first, _ = facts()
    full, said = facts("--full")
    assert (first.training_digits, full.training_digits) == (320, 400)
    assert full.calibration == first.calibration != UNCALIBRATED
    assert not same(full.ood_head.state_dict(), first.ood_head.state_dict())
    assert "taken over from net.pth" in said
    other, said = facts("--full", "--lr", 2e-3)
    assert other.calibration == UNCALIBRATED
    assert "train without --full first" in said


def test_the_same_command_gives_the_same_weights(train):
    for name in ("a.pth", "b.pth"):
        train("--epochs", 1, "--output", name)
    train("--epochs", 1, "--output", "c.pth", "--seed", 4)
    assert same(weights("a.pth"), weights("b.pth"))
    assert not same(weights("a.pth"), weights("c.pth"))


def test_the_test_digits_are_read_once_at_the_end(train, monkeypatch):
    from digits.evaluation import metrics

    read, original = [], metrics.compute_logits
    monkeypatch.setattr(
        metrics,
        "compute_logits",
        lambda network, digits, *more: read.append(len(digits)) or original(network, digits, *more),
    )
    train("--model", "mlp", "--epochs", 3, "--output", "net.pth")
    assert read == [80, 80, 80, 80, 400]  # each epoch, calibration, and the test set


def test_an_unknown_network_is_refused_in_one_line_with_the_known_ones(train):
    output = train("--model", "resnet", status=1).output.strip()
    assert len(output.splitlines()) == 1
    assert all(name in output for name in ("resnet", "mlp", "three_block", "four_conv_tiny"))


@pytest.mark.parametrize(
    "options",
    [
        *(["--lr", "nan"], ["--lr", "inf"], ["--lr", "-1"], ["--seed", "9" * 30], ["--epochs", "0"]),
        *(["--optimizer", "magic"], ["--device", "tpu"], ["--batch-size", "x"]),
    ],
)
def test_a_bad_option_is_refused(options, train):
    assert options[0] in train(*options, status=2).output


def test_a_loss_that_is_no_number_ends_with_advice(train, tmp_path):
    options = ["--model", "mlp", "--optimizer", "sgd", "--lr", "1e30", "--output", "net.pth"]
    assert "--lr" in train(*options, status=1).output
    assert not (tmp_path / "net.pth").exists()


def test_an_output_that_cannot_be_written_is_said_plainly(train, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "file" in train("--model", "mlp", "--epochs", 1, "--output", "file/net.pth", status=1).output
