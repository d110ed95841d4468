"""The pipeline as a notebook calls it: without a terminal, told by callbacks."""

from dataclasses import replace

import pytest
import torch
from training_runs import AVERAGED, SMALL

from digits.networks import checkpoint
from digits.networks.calibration import UNCALIBRATED
from digits.pictures import figures
from digits.training import pipeline
from digits.training.callbacks.base import TrainingCallback
from digits.training.run import Run


class Recorder(TrainingCallback):
    """Notes its calls; presses Ctrl-C at the first event of an epoch."""

    def __init__(self, interrupt_in=None):
        self.calls, self.messages, self.interrupt_in = [], [], interrupt_in

    def on_message(self, text):
        self.messages.append(text)

    def on_start(self, run):
        self.calls.append("start")

    def on_event(self, run, event):
        self.calls.append(type(event).__name__)
        if event.epoch == self.interrupt_in:
            raise KeyboardInterrupt

    def on_stop(self, run):
        self.calls.append("stop")


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    for name in ("draw_predictions", "draw_training_history"):  # half a second each
        monkeypatch.setattr(figures, name, lambda *_: None)


def test_a_run_is_trained_calibrated_tested_and_written(few, tmp_path, capsys):
    run, recorder, ood_recorder = Run("two_conv", replace(AVERAGED, epochs=2, ood_epochs=1), 1), Recorder(), Recorder()
    output, state = tmp_path / "net.pth", tmp_path / "net.state.pth"
    assert not pipeline.train(run, *few, state, recorder)
    pipeline.finish(run, *few, few[1], output, state, recorder, ood_recorder)
    assert recorder.calls == ["start", *(2 * ["StepResult", "EpochResult"]), "stop"]
    assert ood_recorder.calls == ["start", "StepResult", "EpochResult", "stop"]
    assert [text.split()[0] for text in recorder.messages] == ["Training", "Now"]
    _, metadata = checkpoint.load(output)
    assert metadata.ood_head is not None
    assert metadata.calibration != UNCALIBRATED
    assert metadata.test_accuracy == run.test_accuracy
    assert Run.resume(state, "two_conv", run.recipe, 1, "cpu").finished
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_keeps_the_last_whole_epoch(few, tmp_path):
    run, recorder = Run("mlp", SMALL, 1), Recorder(interrupt_in=2)
    assert pipeline.train(run, *few, tmp_path / "net.state.pth", recorder)
    assert recorder.calls[-1] == "stop"
    assert "Epoch 1 is kept" in recorder.messages[-1]
    assert len(run.history) == 1
    saved = torch.load(tmp_path / "net.state.pth", weights_only=True)["network"]
    assert all(torch.equal(value, saved[name]) for name, value in run.network.state_dict().items())
