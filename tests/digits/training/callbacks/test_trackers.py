"""Trackers: each real library writes to disk, and what it wrote is read back."""

import io
import json
import socket
import zipfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from training_runs import SMALL

from digits.evaluation.metrics import EpochResult
from digits.networks import calibration, checkpoint
from digits.training.callbacks.trackers import TRACKERS
from digits.training.events import StepResult
from digits.training.loop import fit
from digits.training.run import Run

pytestmark = pytest.mark.slow


def needs(package):
    """Not imported here: how Comet is imported matters."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f"not installed: pip install {package}")


TWICE = replace(SMALL, epochs=2)


@pytest.fixture
def tracked(few, tmp_path, monkeypatch):
    """Trains in an empty folder with a tracker; returns the events and what was reported."""
    monkeypatch.chdir(tmp_path)

    def train(name):
        said = []
        tracker = TRACKERS[name](said.append)
        run = Run("mlp", TWICE, seed=5)
        tracker.on_start(run)
        events = []
        for event in fit(run, *few):
            events.append(event)
            tracker.on_event(run, event)
        tracker.on_stop(run)
        tracker.on_stop(run)  # after Ctrl-C it is told twice
        run.test_accuracy = 81.25
        checkpoint.save(tmp_path / "net.pth", run.network, run.metadata(calibration.UNCALIBRATED))
        images = few[1].images[:20].numpy() / 255
        from digits.pictures import figures

        figures.draw_predictions(images, few[1].labels[:20].numpy(), np.eye(10)[[3] * 20], Path("predictions.png"))
        tracker.on_finish(run, {"output": "net.pth"})
        return events, said

    return train


def curves(events):
    """What the trackers should have, as {name: [(at, value), …]}."""
    expected = {
        "loss/step": [
            (3 * (step.epoch - 1) + step.batch, step.latest) for step in events if isinstance(step, StepResult)
        ]
    }
    epochs = [event for event in events if isinstance(event, EpochResult)]
    for name, field in (
        ("loss/training", "loss"),
        ("loss/validation", "validation_loss"),
        ("accuracy/training", "accuracy"),
        ("accuracy/validation", "validation_accuracy"),
    ):
        expected[name] = [(epoch.epoch, getattr(epoch, field)) for epoch in epochs]
    return {**expected, "accuracy/test": [(2, 81.25)]}


def check_pictures(one, grid):
    """The single prediction and the 5 × 4 of them."""
    with Image.open(io.BytesIO(one)) as single, Image.open(io.BytesIO(grid)) as twenty:
        assert min(single.size) > 150
        with Image.open("predictions.png") as sent:
            assert twenty.size == sent.size
            assert np.array_equal(np.asarray(twenty.convert("RGB")), np.asarray(sent.convert("RGB")))


@needs("tensorboard")
def test_tensorboard_reads_back_what_it_was_told(tracked, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events, said = tracked("tensorboard")
    [folder] = (tmp_path / "runs/tensorboard").iterdir()
    assert folder.name.startswith("mlp_")
    assert "tensorboard --logdir" in said[-1]
    read = EventAccumulator(str(folder))
    read.Reload()
    for name, points in curves(events).items():
        assert [(each.step, each.value) for each in read.Scalars(name)][: len(points)] == [
            (at, pytest.approx(value, rel=1e-6)) for at, value in points
        ], name
    [words] = read.Tensors("parameters/text_summary")
    table = words.tensor_proto.string_val[0].decode()
    for row in ("network | mlp", "seed | 5", "device | cpu", "batch_size | 40", "lr | 0.001", "optimizer | adam"):
        assert row in table
    check_pictures(*(read.Images(name)[0].encoded_image_string for name in ("prediction", "predictions")))


@needs("comet_ml")
def test_comet_writes_an_archive_without_key_or_network(tracked, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: asked.append(where) or [][0])
    monkeypatch.delenv("COMET_API_KEY", raising=False)
    events, said = tracked("comet")
    [archive] = (tmp_path / "runs/comet").iterdir()
    assert f"comet upload {archive.relative_to(tmp_path)}" in said[-1]
    numbers, told, images = {}, {}, {}
    with zipfile.ZipFile(archive) as packed:
        for line in packed.read("messages.json").decode().splitlines():
            message = json.loads(line)
            content = message["payload"]
            if message["type"] == "metric_msg":
                metric = content["metric"]
                numbers.setdefault(metric["metricName"], []).append((metric["step"], metric["metricValue"]))
            elif message["type"] == "parameter_msg":
                told[content["param"]["paramName"]] = content["param"]["paramValue"]
            elif message["type"] == "file_upload":
                images[content["additional_params"]["figName"]] = packed.read(content["file_path"])
    for name, points in curves(events).items():
        assert numbers[name] == [(at, pytest.approx(value)) for at, value in points], name
    expected = {"network": "mlp", "seed": 5, "device": "cpu", "batch_size": 40, "lr": 0.001, "optimizer": "adam"}
    assert {name: told[name] for name in expected} == expected
    check_pictures(images["prediction"], images["predictions"])
    assert asked == []


@needs("comet_ml")
def test_comet_that_does_not_answer_is_said_with_a_way_out(monkeypatch):
    monkeypatch.setenv("COMET_API_KEY", "a key of somebody")
    tracker = TRACKERS["comet"](print)
    monkeypatch.setattr(tracker.make, "Experiment", lambda **_: SimpleNamespace(alive=False))
    with pytest.raises(ConnectionError, match="runs/comet"):
        tracker.on_start(Run("mlp", TWICE, seed=5))


@needs("tensorboard")
def test_a_run_that_was_finished_before_is_not_told_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = Run("mlp", TWICE, seed=5)
    run.test_accuracy = 81.25
    TRACKERS["tensorboard"](print).on_finish(run, {"output": "net.pth"})
    assert list(tmp_path.iterdir()) == []
