"""Who looks on while `train` trains: what its options ask for, as watchers."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.training import distributed
from digits.training.callbacks.base import FaultTolerantCallback, TrainingCallback
from digits.training.callbacks.remote_control import RemoteControl
from digits.training.run import Run

BESIDE = Path("beside the checkpoint")  # what --snapshots and --visualize-gradients mean where no path is given


def requested_callbacks(
    run: Run,
    train: Digits,
    output: Path,
    screen: Console,
    snapshots: Path | None,
    frames: Path | None,
    track: Sequence[str],
) -> list[TrainingCallback]:
    """The watchers, none of which stops the training when it fails; raises `TrainingFailed` if one is not installed."""
    watchers: list[TrainingCallback] = []
    if snapshots:
        from digits.training.callbacks.snapshots import Snapshots

        file = output.with_suffix(".timeline") if snapshots == BESIDE else snapshots
        file.parent.mkdir(parents=True, exist_ok=True)  # a place that cannot be had is better known before than after
        watchers.append(FaultTolerantCallback(Snapshots(file, screen), "--snapshots", screen.print))
    if frames:
        from digits.training.callbacks.gradient_frames import GradientFrames

        folder = output.with_suffix(".learning") if frames == BESIDE else frames
        folder.mkdir(parents=True, exist_ok=True)
        digits = run.recipe.epochs * len(train)
        watchers.append(
            FaultTolerantCallback(
                GradientFrames(folder, digits, run.recipe.batch_size, screen.print),
                "--visualize-gradients",
                screen.print,
            )
        )
    if track:
        from digits.training.callbacks.trackers import TRACKERS

        for name in dict.fromkeys(track):
            watchers.append(FaultTolerantCallback(TRACKERS[name](screen.print), f"--track {name}", screen.print))
    return watchers


def remote_control(folder: Path | None, minutes: float | None, leash: bool) -> list[RemoteControl]:
    """Who tells `folder` of this training from its first preparations on, if anybody is to.

    Raises `TrainingFailed` where several processes train together: told to stop, one would leave the others waiting.
    """
    if folder and distributed.process_count() > 1:
        raise TrainingFailed("--live steers one process; leave it out where several train together.")
    return [RemoteControl(folder, minutes, leash)] if folder else []
