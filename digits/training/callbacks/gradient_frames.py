"""Frames of a network that learns, drawn as training goes, and a GIF of them."""

import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from digits.atomic_file import atomic_write
from digits.evaluation.metrics import EpochResult
from digits.pictures import canvas, palette
from digits.pictures.training_frame import MAX_FILTERS, TrainingFrame, draw_training_frame
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

FRAMES = 100  # of a whole run, less some of the first ones, which fall into the same batch
NAME = re.compile(r"digits_(\d{8})\.png")
GIF = "learning.gif"
PAUSE, END = 120, 4_000  # milliseconds that a frame stays, and the last one
MOST_BYTES = 1_500_000  # of the GIF
SHADES, SIGNED = 8, 41  # colours in it: steps from paper to each ink, and of the scale of signed numbers


def frame_steps(digits: int, batch: int) -> list[int]:
    """After how many of the `digits` of a whole run to draw: from one frame to the next, so many times more."""
    return sorted({int(np.ceil(end)) for end in np.geomspace(min(batch, digits), digits, FRAMES)})


class GradientFrames(TrainingCallback):
    """Draws `digits_00012800.png` into a folder after so many digits, and `learning.gif` of all when no more come.

    A fresh run takes the frames of an earlier one away; a resumed one goes on with them. Other files stay.
    """

    def __init__(self, folder: Path, digits: int, batch: int, report: Callable[[str], None]) -> None:
        self.folder, self.total, self.batch, self.report = folder, digits, batch, report
        self.moments = frame_steps(digits, batch)
        self.losses: list[tuple[int, float]] = []  # after so many digits: over the last batches
        self.accuracies: list[tuple[int, float]] = []
        self.validations: list[tuple[int, float]] = []
        self.limit = 0.1  # where the scale of the filters ends; it only ever grows
        self.lengths = 1e-3, 1e1  # of gradients, so far
        self.due = False  # a frame
        self.fresh = False  # there are frames that the GIF lacks
        self.seconds = 0.0  # spent on drawing

    def began(self, run: Run) -> None:
        """Make room, and take up the history of a resumed run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = self.total // run.recipe.epochs * len(run.history)
        for path in frame_paths(self.folder):
            if int(NAME.fullmatch(path.name)[1]) > done:
                path.unlink()
        self.fresh = bool(frame_paths(self.folder))  # the run may have been killed before their GIF was made
        for epoch in run.history:
            digits = self.total // run.recipe.epochs * epoch.epoch
            self.losses.append((digits, epoch.loss))
            self.accuracies.append((digits, epoch.accuracy))
            self._validated(epoch)

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Note the curves, and draw if it is time; what ends an epoch is drawn once that is measured."""
        if isinstance(event, EpochResult):
            self._validated(event)
        else:
            before = self.losses[-1][0] if self.losses else 0
            self.losses.append((event.digits, event.latest))
            self.accuracies.append((event.digits, event.accuracy))
            self.due = self.due or any(before < moment <= event.digits for moment in self.moments)
        if self.due and (isinstance(event, EpochResult) or event.batch < event.batches):
            self.due, self.fresh = False, True
            started = time.perf_counter()
            drawn = draw_training_frame(self._frame(run, event))
            with atomic_write(self.folder / f"digits_{self.losses[-1][0]:08}.png") as path:
                drawn.save(path)
            self.seconds += time.perf_counter() - started

    def stopped(self, run: Run) -> None:
        """Make the GIF of what there is."""
        if self.fresh:
            self.fresh = False
            started, paths = time.perf_counter(), frame_paths(self.folder)
            write_gif(paths, self.folder / GIF)
            self.seconds += time.perf_counter() - started
            self.report(f"{self.folder / GIF}: {len(paths)} frames; drawing took {self.seconds:.1f} s in all.")

    def _validated(self, epoch: EpochResult) -> None:
        if epoch.validation_accuracy is not None:
            self.validations.append((self.losses[-1][0], epoch.validation_accuracy))

    def _frame(self, run: Run, event: StepResult | EpochResult) -> TrainingFrame:
        layers = {name: layer for name, layer in run.network.named_children() if any(True for _ in layer.parameters())}
        norms = {name: _length(layer) for name, layer in layers.items()}
        layer = layers[run.network.first]
        filters, gradients = (_maps(each) for each in (layer.weight.detach(), layer.weight.grad))
        self.limit = max(self.limit, float(np.ceil(10 * np.abs(filters).max()) / 10))
        powers = [10 ** np.floor(np.log10(norm)) for norm in norms.values() if norm > 0]
        self.lengths = min([self.lengths[0], *powers]), max([self.lengths[1], *(10 * power for power in powers)])
        recipe = run.recipe
        return TrainingFrame(
            name=run.architecture,
            settings=f"epoch {event.epoch} of {recipe.epochs}  ·  batches of {recipe.batch_size}  ·  "
            f"{recipe.optimizer} at {run.optimizer.param_groups[0]['lr']:.2g}",
            layer=run.network.first,
            filters=filters,
            gradients=gradients,
            filter_count=len(layer.weight),
            weight_limit=self.limit,
            gradient_norms=norms,
            norm_range=self.lengths,
            losses=tuple(self.losses),
            accuracies=tuple(self.accuracies),
            validations=tuple(self.validations),
            batch_digits=self.batch,
            total_digits=self.total,
        )


def _length(layer: torch.nn.Module) -> float:
    """Of the gradients of all its parameters, as one arrow."""
    parts = [parameter.grad for parameter in layer.parameters() if parameter.grad is not None]
    return float(torch.stack([part.norm() for part in parts]).norm()) if parts else 0.0


def _maps(weights: torch.Tensor) -> np.ndarray:
    """The first filters of a convolution on one map, or the first units of a layer on all pixels, (N, H, W)."""
    some = weights[:MAX_FILTERS].cpu().clone()  # the weights themselves go on changing
    return (some[:, 0] if some.ndim == 4 else some.unflatten(1, (28, 28))).numpy()


def frame_paths(folder: Path) -> list[Path]:
    """The frames in a folder that this module drew, in their order."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and canvas.is_ours(path))


def write_gif(paths: list[Path], output: Path) -> None:
    """A GIF that shows the pictures one after the other, and again from the start; every second … if all are too much.

    The last picture is always in it.
    """
    every, size = 1, MOST_BYTES + 1
    with atomic_write(output) as path:
        while size > MOST_BYTES and every <= len(paths):
            first, *others = map(_few_colours, paths[::-every][::-1])
            pauses = [*[every * PAUSE] * len(others), END]
            # optimize: only what has changed since the frame before is written.
            first.save(path, "GIF", save_all=True, append_images=others, duration=pauses, loop=0, optimize=True)
            size, every = path.stat().st_size, every + 1


@cache
def _palette() -> Image.Image:
    """All colours that the frames have, and between them enough for round marks and small letters."""
    names = (palette.GROUND, palette.LINE, palette.INK, palette.SOFT, palette.MUTED, palette.ABOVE, palette.BELOW)
    ground, line, *inks = (np.array([*bytes.fromhex(colour[1:])]) for colour in names)
    shades = [ground + (ink - ground) * step / SHADES for ink in inks for step in range(1, SHADES + 1)]
    plain = np.round([ground, line, *shades]).astype(np.uint8)
    colours = np.concatenate([plain, palette.signed_colours(np.linspace(-1, 1, SIGNED), 1)])
    image = Image.new("P", (1, 1))
    image.putpalette(colours.tobytes())
    return image


def _few_colours(path: Path) -> Image.Image:
    with Image.open(path) as frame:
        return frame.quantize(palette=_palette(), dither=Image.Dither.NONE)
