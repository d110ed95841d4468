"""`train` stopped, killed, and gone on with."""

import json
from dataclasses import replace

import pytest
from training_commands import same, weights

from digits.data import dataset
from digits.networks import checkpoint

pytestmark = pytest.mark.slow


def test_ctrl_c_keeps_the_whole_epochs(train, interrupt):
    interrupt(6 + 3)  # within the second epoch
    stopped = train("--model", "mlp", "--epochs", 3, "--output", "net.pth", "--json", status=130)
    assert checkpoint.load("net.pth")[1].recipe["epochs"] == 1
    assert json.loads(stopped.stdout.splitlines()[-1])["output"] == "net.pth"


def test_a_stopped_run_is_gone_on_with_exactly(train, interrupt, monkeypatch):
    train("--epochs", 2, "--output", "whole.pth")
    original = dataset.Digits.batch
    # An epoch of the default recipe: 6 batches of 59 digits and 5 drawn, 5 for BatchNorm's statistics, 1 to validate.
    interrupt(18 + 5)
    train("--epochs", 2, "--output", "net.pth", status=130)
    monkeypatch.setattr(dataset.Digits, "batch", original)
    assert not same(weights("net.pth"), weights("whole.pth"))
    result = train("--epochs", 2, "--output", "net.pth", "--resume")
    assert "1 of 2" in result.output
    assert same(weights("net.pth"), weights("whole.pth"))
    (_, one), (_, other) = (checkpoint.load(name) for name in ("net.pth", "whole.pth"))
    assert replace(one, ood_head=None) == replace(other, ood_head=None)
    assert same(one.ood_head.state_dict(), other.ood_head.state_dict())


def test_pictures_that_a_killed_run_left_undone_are_made_when_it_is_gone_on_with(train, monkeypatch):
    def killed(*_):
        raise SystemExit(137)

    drawn = []
    monkeypatch.setattr("digits.pictures.figures.draw_predictions", killed)
    train("--model", "mlp", "--epochs", 1, "--output", "net.pth", status=137)
    monkeypatch.setattr("digits.pictures.figures.draw_predictions", lambda *_: drawn.append("predictions"))
    train("--model", "mlp", "--epochs", 1, "--output", "net.pth", "--resume")
    assert drawn == ["predictions"]


def test_ctrl_c_in_the_first_epoch_leaves_no_half_trained_file(train, interrupt, tmp_path):
    interrupt(3)
    result = train("--model", "mlp", "--epochs", 3, "--output", "net.pth", status=1)
    assert "first epoch" in result.output
    assert list(tmp_path.iterdir()) == []


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
