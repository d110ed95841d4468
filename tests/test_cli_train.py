"""`train`, with the sheet's digits in MNIST's place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from pictures import shuffled
from PIL import Image

from digits import checkpoint, data, figures, tracking
from digits.cli import main
from digits.drawing import Drawing
from digits.recipes import DEFAULT_MODEL, FAST, FAST_MODEL

TINY = ["--batch-size", "64", "--seed", "3", "--precision", "float32"]
DRAW = figures.predictions, figures.training_history


@pytest.fixture
def asked(sheet, monkeypatch):
    """400 digits to learn from, 80 of them kept back, and the same to test on; a list of the folders asked for."""
    digits = shuffled(sheet)
    folders = []

    def load(directory, report=print):
        folders.append(directory)
        return digits, digits

    monkeypatch.setattr(data, "load", load)
    monkeypatch.setattr(data, "VALIDATION", 80)
    for name in ("predictions", "training_history"):  # half a second each
        monkeypatch.setattr(figures, name, lambda *_: None)
    return folders


@pytest.fixture
def train(asked, tmp_path, monkeypatch):
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["train", "--device", "cpu", *TINY, *map(str, arguments)])
        assert result.exit_code == status, result.output + repr(result.exception)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture
def interrupt(monkeypatch):
    """Presses Ctrl-C when so many batches (5 and the validation's one make an epoch) were taken."""

    def at(count):
        original, taken = data.Digits.batch, []

        def batch(*arguments, **options):
            taken.append(1)
            if len(taken) == count:
                raise KeyboardInterrupt
            return original(*arguments, **options)

        monkeypatch.setattr(data.Digits, "batch", batch)

    return at


def weights(path):
    return torch.load(path, weights_only=True)["state_dict"]


def same(one, other):
    return all(torch.equal(value, other[name]) for name, value in one.items())


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


def test_pictures_and_state_lie_beside_the_checkpoint_and_nothing_else_does(train, tmp_path, monkeypatch):
    for draw in DRAW:
        monkeypatch.setattr(figures, draw.__name__, draw)
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


def test_two_processes_train_the_network_that_one_would(tmp_path):
    def torchrun(processes, output):
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
        script = str(Path(__file__).with_name("train_on_the_sheet.py"))
        options = ["--model", "mlp", "--epochs", "2", "--device", "cpu", "--output", output, "--json"]
        run = subprocess.run(
            [*command, script, *options], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run

    alone, together = torchrun(1, "one/net.pth"), torchrun(2, "two/net.pth")
    assert "2 processes together" in together.stderr
    assert together.stderr.count("2/2") == alone.stderr.count("2/2") == 1  # one of them prints
    [result] = together.stdout.splitlines()
    assert json.loads(result)["test_accuracy"] == pytest.approx(json.loads(alone.stdout)["test_accuracy"], abs=0.5)
    one, two = weights(tmp_path / "one/net.pth"), weights(tmp_path / "two/net.pth")
    assert all(torch.allclose(value, two[name], atol=1e-4) for name, value in one.items())
    assert {path.name for path in (tmp_path / "two").iterdir()} == {path.name for path in (tmp_path / "one").iterdir()}


def test_a_table_tells_of_each_epoch(train):
    output = train("--model", "mlp", "--epochs", 3).output
    assert all(f"{epoch}/3" in output for epoch in (1, 2, 3))
    assert "validation" in output
    assert "% of the" in output.splitlines()[-1]


def test_all_digits_are_learnt_from_if_asked(train, tmp_path):
    train("--model", "mlp", "--epochs", 1, "--full", "--output", "net.pth")
    assert checkpoint.load(tmp_path / "net.pth")[1].training_digits == 400


def test_the_same_command_gives_the_same_weights(train):
    for name in ("a.pth", "b.pth"):
        train("--epochs", 1, "--output", name)
    train("--epochs", 1, "--output", "c.pth", "--seed", 4)
    assert same(weights("a.pth"), weights("b.pth"))
    assert not same(weights("a.pth"), weights("c.pth"))


def test_the_test_digits_are_read_once_at_the_end(train, monkeypatch):
    from digits import evaluation

    read, original = [], evaluation.logits
    monkeypatch.setattr(
        evaluation,
        "logits",
        lambda network, digits, *more: read.append(len(digits)) or original(network, digits, *more),
    )
    train("--model", "mlp", "--epochs", 3, "--output", "net.pth")
    assert read == [80, 80, 80, 80, 400]  # each epoch, calibration, and the test set


def test_ctrl_c_keeps_the_whole_epochs(train, interrupt):
    interrupt(6 + 3)  # within the second epoch
    stopped = train("--model", "mlp", "--epochs", 3, "--output", "net.pth", "--json", status=130)
    assert checkpoint.load("net.pth")[1].recipe["epochs"] == 1
    assert json.loads(stopped.stdout.splitlines()[-1])["output"] == "net.pth"


def test_a_stopped_run_is_gone_on_with_exactly(train, interrupt, monkeypatch):
    train("--epochs", 3, "--output", "whole.pth")
    original = data.Digits.batch
    # An epoch of the default recipe: 6 batches of 59 digits and 5 drawn, 5 for BatchNorm's statistics, 1 to validate.
    interrupt(18 + 5)
    train("--epochs", 3, "--output", "net.pth", status=130)
    monkeypatch.setattr(data.Digits, "batch", original)
    assert not same(weights("net.pth"), weights("whole.pth"))
    result = train("--epochs", 3, "--output", "net.pth", "--resume")
    assert "1 of 3" in result.output
    assert same(weights("net.pth"), weights("whole.pth"))
    assert checkpoint.load("net.pth")[1] == checkpoint.load("whole.pth")[1]


def test_pictures_that_a_killed_run_left_undone_are_made_when_it_is_gone_on_with(train, monkeypatch):
    def killed(*_):
        raise SystemExit(137)

    drawn = []
    monkeypatch.setattr(figures, "predictions", killed)
    train("--model", "mlp", "--epochs", 1, "--output", "net.pth", status=137)
    monkeypatch.setattr(figures, "predictions", lambda *_: drawn.append("predictions"))
    train("--model", "mlp", "--epochs", 1, "--output", "net.pth", "--resume")
    assert drawn == ["predictions"]


def test_a_training_that_is_followed_stops_at_its_limit_and_tells_so(train, tmp_path):
    train("--model", "mlp", "--epochs", 100_000, "--live", "live", "--minutes", 0.02, "--output", "net.pth", status=130)
    events = [json.loads(line) for line in (tmp_path / "live/events.jsonl").read_text().splitlines()]
    assert [event["why"] for event in events if event["event"] == "ending"] == ["limit"]
    assert (events[-1]["event"], events[-1]["why"]) == ("finished", "limit")
    assert events[-1]["epoch"] == checkpoint.load("net.pth")[1].recipe["epochs"] > 0


def test_ctrl_c_in_the_first_epoch_leaves_no_half_trained_file(train, interrupt, tmp_path):
    interrupt(3)
    result = train("--model", "mlp", "--epochs", 3, "--output", "net.pth", status=1)
    assert "first epoch" in result.output
    assert list(tmp_path.iterdir()) == []


def test_frames_and_their_gif_are_left_behind_also_where_it_is_stopped(train, interrupt, tmp_path):
    train("--model", "mlp", "--epochs", 1, "--output", "plain.pth")
    interrupt(6 + 2)  # the third batch of the second epoch
    output = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--visualize-gradients", status=130).output
    folder = tmp_path / "net.learning"
    drawn = sorted(path.name for path in folder.iterdir())
    assert drawn == [*(f"digits_{64 * step:08}.png" for step in range(1, 7)), "learning.gif"]
    assert f"{Path('net.learning/learning.gif')}: 6 frames" in output
    with Image.open(folder / "learning.gif") as film:
        assert film.n_frames == 6
    assert same(weights("net.pth"), weights("plain.pth"))  # looking on changes nothing


def test_frames_that_cannot_be_written_do_not_stop_the_training(train, tmp_path, monkeypatch):
    def full(drawing, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Drawing, "save", full)
    output = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--visualize-gradients", "shown").output
    assert output.count("No space left on device") == 1
    assert (tmp_path / "net.pth").exists()
    assert list((tmp_path / "shown").iterdir()) == []


def test_a_place_for_frames_that_cannot_be_had_is_said_before_training(train, tmp_path):
    (tmp_path / "file").write_text("in the way")
    output = train("--model", "mlp", "--visualize-gradients", "file/shown", status=1).output
    assert "file" in output
    assert "Training" not in output


def test_a_tracker_that_fails_says_so_once_and_training_goes_on(train, monkeypatch):
    class Broken(tracking.Tracker):
        def start(self, run, name):
            pass

        def parameters(self, values):
            pass

        def number(self, name, value, at):
            raise ConnectionError("nobody there")

    monkeypatch.setitem(tracking.TRACKERS, "comet", Broken)
    train("--model", "mlp", "--epochs", 2, "--output", "plain.pth")
    output = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--track", "comet").output
    assert output.count("nobody there") == output.count("--track comet failed") == 1
    assert same(weights("net.pth"), weights("plain.pth"))


def test_a_tracker_that_is_not_installed_is_said_before_training(train, monkeypatch):
    for name in ("comet_ml", "tensorboard", "torch.utils.tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)
    for name, package in (("comet", "comet_ml"), ("tensorboard", "tensorboard")):
        output = train("--model", "mlp", "--track", name, status=1).output
        assert f"pip install {package}" in output
        assert "Training" not in output


def test_resume_starts_afresh_and_says_so_where_there_is_nothing(train, tmp_path):
    result = train("--model", "mlp", "--epochs", 1, "--output", "net.pth", "--resume")
    assert "afresh" in result.output
    assert (tmp_path / "net.pth").exists()


def test_resume_of_a_finished_run_says_so_and_gives_its_result(train):
    first = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--json")
    before = weights("net.pth")
    second = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--json", "--resume")
    assert "finished" in second.output
    assert json.loads(first.stdout.splitlines()[-1]) == json.loads(second.stdout.splitlines()[-1])
    assert same(weights("net.pth"), before)


def test_resume_of_a_finished_run_brings_back_a_checkpoint_that_was_deleted(train, tmp_path):
    train("--model", "mlp", "--epochs", 2, "--output", "net.pth")
    (tmp_path / "net.pth").unlink()
    train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--resume")
    assert (tmp_path / "net.pth").exists()


@pytest.mark.parametrize("other", [["--lr", "0.1"], ["--model", "two_conv"], ["--full"]])
def test_resume_with_other_settings_is_refused_plainly(other, train):
    train("--model", "mlp", "--epochs", 1, "--output", "net.pth")
    result = train("--model", "mlp", "--epochs", 2, "--output", "net.pth", "--resume", *other, status=1)
    assert "other settings" in result.output


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
