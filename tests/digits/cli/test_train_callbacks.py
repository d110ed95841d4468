"""Who looks on while `train` trains: frames, trackers, and a folder in which it can be followed."""

import json
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image
from training_commands import same, weights

from digits.networks import checkpoint
from digits.pictures.canvas import Canvas
from digits.training import distributed
from digits.training.callbacks import gradient_frames, trackers

pytestmark = pytest.mark.slow


def test_a_training_that_is_followed_stops_at_its_limit_and_tells_so(train, tmp_path):
    train("--model", "mlp", "--epochs", 100_000, "--live", "live", "--minutes", 0.02, "--output", "net.pth", status=130)
    events = [json.loads(line) for line in (tmp_path / "live/events.jsonl").read_text().splitlines()]
    assert [event["why"] for event in events if event["event"] == "ending"] == ["limit"]
    assert (events[-1]["event"], events[-1]["why"]) == ("finished", "limit")
    assert events[-1]["epoch"] == checkpoint.load("net.pth")[1].recipe["epochs"] > 0


def test_a_rest_is_no_learning_however_long_it_lasts(train, tmp_path):
    folder = tmp_path / "live"
    folder.mkdir()
    (folder / "wanted").write_text("pause")

    def rest():
        while "paused" not in (folder / "events.jsonl").read_text():
            time.sleep(0.05)
        time.sleep(1.5)  # longer than it may learn
        (folder / "wanted").write_text("go")

    (folder / "events.jsonl").touch()
    threading.Thread(target=rest, daemon=True).start()
    train("--model", "mlp", "--epochs", 100_000, "--live", folder, "--minutes", 0.02, "--output", "net.pth", status=130)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds.index("paused") < kinds.index("resumed") < kinds.index("ending")
    assert events[kinds.index("ending")]["seconds"] >= 1.2  # 0.02 minutes of learning


def test_processes_that_train_together_cannot_be_steered(train, monkeypatch):
    monkeypatch.setattr(distributed, "process_count", lambda: 2)
    assert "one process" in train("--model", "mlp", "--live", "live", status=1).output


def test_a_limit_without_a_training_to_follow_is_refused(train):
    assert "--live" in train("--model", "mlp", "--minutes", 5, status=2).output


def test_a_film_that_a_killed_run_left_undone_is_made_when_it_is_gone_on_with(train, tmp_path, monkeypatch):
    def killed(*_):
        raise SystemExit(137)

    options = "--model", "mlp", "--epochs", 1, "--output", "net.pth", "--visualize-gradients"
    with monkeypatch.context() as patch:
        patch.setattr(gradient_frames, "write_gif", killed)
        train(*options, status=137)
    assert not (tmp_path / "net.learning/learning.gif").exists()
    train(*options, "--resume")
    assert (tmp_path / "net.learning/learning.gif").exists()


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

    monkeypatch.setattr(Canvas, "save", full)
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
    class Broken(trackers.Tracker):
        def start(self, run, name):
            pass

        def parameters(self, values):
            pass

        def number(self, name, value, at):
            raise ConnectionError("nobody there")

    monkeypatch.setitem(trackers.TRACKERS, "comet", Broken)
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
