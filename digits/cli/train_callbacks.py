"""Callbacks that the options of `train` ask for."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.training import distributed
from digits.training.callbacks.base import FaultTolerantCallback, TrainingCallback
from digits.training.callbacks.remote_control import RemoteControl
from digits.training.run import Run

BESIDE = Path("beside the checkpoint")  # value of --snapshots and --visualize-gradients without a path


def optional_callbacks(
    run: Run,
    train: Digits,
    output: Path,
    screen: Console,
    snapshots: Path | None,
    frames: Path | None,
    track: Sequence[str],
) -> list[TrainingCallback]:
    """Returns the callbacks of the options; their failures do not stop training.

    Raises `TrainingFailed` where a tracker is not installed, and OSError where a folder cannot be made.
    """
    callbacks: list[TrainingCallback] = []

    def add(callback: TrainingCallback, name: str) -> None:
        callbacks.append(FaultTolerantCallback(callback, name, screen.print))

    if snapshots:
        from digits.training.callbacks.snapshots import Snapshots

        file = output.with_suffix(".timeline") if snapshots == BESIDE else snapshots
        file.parent.mkdir(parents=True, exist_ok=True)  # fails before the training, not after it
        add(Snapshots(file, screen.print), "--snapshots")
    if frames:
        from digits.training.callbacks.gradient_frames import GradientFrames

        folder = output.with_suffix(".learning") if frames == BESIDE else frames
        folder.mkdir(parents=True, exist_ok=True)
        digits = run.recipe.epochs * len(train)
        add(GradientFrames(folder, digits, run.recipe.batch_size, screen.print), "--visualize-gradients")
    if track:
        from digits.training.callbacks.trackers import TRACKERS

        for name in dict.fromkeys(track):
            add(TRACKERS[name](screen.print), f"--track {name}")
    return callbacks


def remote_controls(folder: Path | None, minutes: float | None, exit_on_stdin_close: bool) -> list[RemoteControl]:
    """Returns the callback of --live, if there is a folder for it.

    Raises `TrainingFailed` where several processes train together: one of them would stop, and the others would wait.
    """
    if folder and distributed.process_count() > 1:
        raise TrainingFailed("--live steers one process; leave it out where several processes train together.")
    return [RemoteControl(folder, minutes, exit_on_stdin_close)] if folder else []
