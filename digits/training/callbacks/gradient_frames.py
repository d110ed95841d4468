"""Pictures of filters and gradients during training, and a GIF of them: `train --visualize-gradients`."""

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
from digits.networks.architectures import Network
from digits.pictures import canvas, palette
from digits.pictures.training_frame import MAX_FILTERS, TrainingFrame, draw_training_frame
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

FRAMES = 100  # of a whole run; some of the first ones fall into the same batch
NAME = re.compile(r"digits_(\d{8})\.png")
GIF = "learning.gif"
FRAME_MILLISECONDS = 120
LAST_FRAME_MILLISECONDS = 4_000
MAX_GIF_BYTES = 1_500_000
INK_SHADES = 8  # colours of the GIF between paper and each ink
SIGNED_COLOURS = 41  # colours of the GIF for signed numbers


def frame_steps(digits: int, batch: int) -> list[int]:
    """Returns the numbers of digits after which to draw, in geometric steps."""
    return sorted({int(np.ceil(end)) for end in np.geomspace(min(batch, digits), digits, FRAMES)})


class GradientFrames(TrainingCallback):
    """Draws frames of a training into a folder, and `learning.gif` of all frames at the end.

    A frame after 12,800 digits is `digits_00012800.png`.

    A fresh run deletes the frames of an earlier one; a resumed run keeps them. Other files stay.
    """

    def __init__(self, folder: Path, digits: int, batch: int, report: Callable[[str], None]) -> None:
        self.folder, self.total, self.batch, self.report = folder, digits, batch, report
        self.report_at = frame_steps(digits, batch)
        self.losses: list[tuple[int, float]] = []  # number of digits, mean loss of the last batches
        self.accuracies: list[tuple[int, float]] = []
        self.validations: list[tuple[int, float]] = []
        self.lr = 0.0  # of the last step
        self.limit = 0.1  # end of the filters' colour scale; it only grows
        self.lengths = 1e-3, 1e1  # range of the gradients' norms so far
        self.frame_due = False
        self.gif_outdated = False
        self.seconds = 0.0  # spent on drawing

    def on_start(self, run: Run) -> None:
        """Deletes old frames, and reads the history of a resumed run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = self.total // run.recipe.epochs * len(run.history)
        for path in frame_paths(self.folder):
            if int(path.stem.removeprefix("digits_")) > done:
                path.unlink()
        self.gif_outdated = bool(frame_paths(self.folder))  # the run may have been killed before it made the GIF
        for epoch in run.history:
            digits = self.total // run.recipe.epochs * epoch.epoch
            self.losses.append((digits, epoch.loss))
            self.accuracies.append((digits, epoch.accuracy))
            self._add_validation(epoch)

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Notes the curves, and draws where a frame is due; an epoch's last frame waits for its validation."""
        if isinstance(event, EpochResult):
            self._add_validation(event)
        else:
            self.lr = event.lr
            before = self.losses[-1][0] if self.losses else 0
            self.losses.append((event.digits, event.latest))
            self.accuracies.append((event.digits, event.accuracy))
            self.frame_due = self.frame_due or any(before < count <= event.digits for count in self.report_at)
        if self.frame_due and (isinstance(event, EpochResult) or event.batch < event.batches):
            self.frame_due, self.gif_outdated = False, True
            started = time.perf_counter()
            frame = draw_training_frame(self._frame(run, event.epoch))
            with atomic_write(self.folder / f"digits_{self.losses[-1][0]:08}.png") as path:
                frame.save(path)
            self.seconds += time.perf_counter() - started

    def on_stop(self, run: Run) -> None:
        """Makes the GIF of all frames so far."""
        if self.gif_outdated:
            self.gif_outdated = False
            started, paths = time.perf_counter(), frame_paths(self.folder)
            write_gif(paths, self.folder / GIF)
            self.seconds += time.perf_counter() - started
            self.report(f"{self.folder / GIF}: {len(paths)} frames; drawing took {self.seconds:.1f} s in all.")

    def _add_validation(self, epoch: EpochResult) -> None:
        if epoch.validation_accuracy is not None:
            self.validations.append((self.losses[-1][0], epoch.validation_accuracy))

    def _frame(self, run: Run, epoch: int) -> TrainingFrame:
        network = run.network
        assert isinstance(network, Network)  # noqa: S101 - the run of an OOD head has no such callback
        layers = {name: layer for name, layer in network.named_children() if any(True for _ in layer.parameters())}
        norms = {name: _gradient_norm(layer) for name, layer in layers.items()}
        weight = network.first_layer.weight
        assert weight.grad is not None  # noqa: S101 - a StepResult leaves its gradients
        filters, gradients = _first_filters(weight.detach()), _first_filters(weight.grad)
        self.limit = max(self.limit, float(np.ceil(10 * np.abs(filters).max()) / 10))
        powers = [10 ** np.floor(np.log10(norm)) for norm in norms.values() if norm > 0]
        self.lengths = min([self.lengths[0], *powers]), max([self.lengths[1], *(10 * power for power in powers)])
        recipe = run.recipe
        return TrainingFrame(
            name=run.architecture,
            settings=f"epoch {epoch} of {recipe.epochs}  ·  batches of {recipe.batch_size}  ·  {recipe.optimizer} "
            f"at {self.lr:.2g}",
            layer=network.first_layer_name,
            filters=filters,
            gradients=gradients,
            filter_count=len(weight),
            weight_limit=self.limit,
            gradient_norms=norms,
            norm_range=self.lengths,
            losses=tuple(self.losses),
            accuracies=tuple(self.accuracies),
            validations=tuple(self.validations),
            batch_digits=self.batch,
            total_digits=self.total,
        )


def _gradient_norm(layer: torch.nn.Module) -> float:
    """Returns the norm of the gradient of all the layer's parameters."""
    parts = [parameter.grad for parameter in layer.parameters() if parameter.grad is not None]
    return float(torch.stack([part.norm() for part in parts]).norm()) if parts else 0.0


def _first_filters(weights: torch.Tensor) -> np.ndarray:
    """Returns the first filters of a convolution, or units of a linear layer, as (N, H, W)."""
    first = weights[:MAX_FILTERS].cpu().clone()  # the weights change with the next step
    return (first[:, 0] if first.ndim == 4 else first.unflatten(1, (28, 28))).numpy()


def frame_paths(folder: Path) -> list[Path]:
    """Returns the frames in a folder that this module drew, in their order."""
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and canvas.is_ours(path))


def write_gif(paths: list[Path], output: Path) -> None:
    """Writes the pictures as an endless GIF of at most `MAX_GIF_BYTES`; skips some if needed.

    The last picture is always in it.
    """
    every, size = 1, MAX_GIF_BYTES + 1
    with atomic_write(output) as path:
        while size > MAX_GIF_BYTES and every <= len(paths):
            first, *others = map(_few_colours, paths[::-every][::-1])
            pauses = [*[every * FRAME_MILLISECONDS] * len(others), LAST_FRAME_MILLISECONDS]
            # optimize: write only what has changed since the previous frame.
            first.save(path, "GIF", save_all=True, append_images=others, duration=pauses, loop=0, optimize=True)
            size, every = path.stat().st_size, every + 1


@cache
def _palette() -> Image.Image:
    """Returns the colours of the frames, with shades for the edges of marks and letters."""
    names = (palette.GROUND, palette.LINE, palette.INK, palette.SOFT, palette.MUTED, palette.ABOVE, palette.BELOW)
    ground, line, *inks = (np.array([*bytes.fromhex(colour[1:])]) for colour in names)
    shades = [ground + (ink - ground) * step / INK_SHADES for ink in inks for step in range(1, INK_SHADES + 1)]
    plain = np.round([ground, line, *shades]).astype(np.uint8)
    colours = np.concatenate([plain, palette.signed_colours(np.linspace(-1, 1, SIGNED_COLOURS), 1)])
    image = Image.new("P", (1, 1))
    image.putpalette(colours.tobytes())
    return image


def _few_colours(path: Path) -> Image.Image:
    with Image.open(path) as frame:
        return frame.quantize(palette=_palette(), dither=Image.Dither.NONE)
