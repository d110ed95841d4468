"""Pictures for people: matplotlib, in the colours of the page."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image, ImageOps

from digits.files import replacing
from digits.reader import PageReading
from digits.run import Epoch

matplotlib.use("Agg")

PAPER, INK, MUTED = "#f6f2ea", "#1d1a17", "#998f80"
RIGHT, WRONG = "#b3400f", "#2162a8"  # the page's two hues: above zero, below zero


def training_history(history: list[Epoch], path: Path) -> None:
    """Draw loss and accuracy after each epoch, on the digits learnt from and on the validation digits."""
    figure = Figure(figsize=(10, 4), dpi=120, facecolor=PAPER, layout="constrained")
    epochs = [epoch.epoch for epoch in history]
    for axes, name, title in zip(
        figure.subplots(1, 2), ("loss", "accuracy"), ("Loss (cross-entropy)", "Accuracy, %"), strict=True
    ):
        _plain(axes)
        axes.set_title(title, loc="left", color=INK, fontsize=12)
        axes.set_xlabel("epoch", color=INK)
        axes.plot(epochs, [getattr(epoch, name) for epoch in history], "o-", ms=4, color=MUTED, label="training")
        held_out = [getattr(epoch, f"validation_{name}") for epoch in history]
        if None not in held_out:
            axes.plot(epochs, held_out, "o-", ms=4, color=RIGHT, label="validation")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False)
    _save(figure, path)


def predictions(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draw digits (N, 28, 28) 0–1 with the ten probabilities (N, 10) that the network gave each; mistakes in colour."""
    columns = 5
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(2.6 * columns, 1.55 * rows), dpi=120, facecolor=PAPER, layout="constrained")
    grid = figure.subplots(rows, 2 * columns, squeeze=False, width_ratios=[1, 1.1] * columns)
    for axes in grid.flat:
        axes.axis("off")
    for index, (image, label, row) in enumerate(zip(images, labels, probabilities, strict=True)):
        picture, bars = grid[index // columns, 2 * (index % columns) : 2 * (index % columns) + 2]
        guess = int(row.argmax())
        colour = RIGHT if guess == label else WRONG
        picture.imshow(1 - image, cmap="gray", vmin=0, vmax=1)
        said = f"{guess}" if guess == label else f"{guess}, is {label}"
        picture.set_title(f"{said}  {100 * row[guess]:.1f} %", color=colour, fontsize=9)
        _bars(bars, row, guess, colour)
    _save(figure, path)


def readings(pages: list[tuple[Path, PageReading]], path: Path) -> None:
    """Draw a row for each picture: the picture with its boxes, the 28×28 that the network got, the probabilities."""
    rows = [(image, reading) for image, page in pages for reading in page.digits or [None]]
    figure = Figure(figsize=(8, 2.3 * len(rows)), dpi=120, facecolor=PAPER, layout="constrained")
    grid = figure.subplots(len(rows), 3, squeeze=False, width_ratios=[1.2, 1, 1.6])
    for (image, reading), (sent, seen, bars) in zip(rows, grid, strict=True):
        for axes in (sent, seen, bars):
            axes.axis("off")
        with Image.open(image) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            sent.imshow(Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright))
        sent.set_title(image.name, color=MUTED, fontsize=8)
        if reading is None:
            sent.set_title(f"{image.name}: no ink", color=WRONG, fontsize=8)
            continue
        x, y, width, height = reading.box
        colour = RIGHT if reading.sure else WRONG
        sent.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colour))
        seen.imshow(1 - reading.image, cmap="gray", vmin=0, vmax=1)
        seen.set_title("what the network gets", color=MUTED, fontsize=8)
        share = 100 * reading.probabilities[reading.digit]
        bars.set_title(f"{reading.digit}  {share:.1f} %{'' if reading.sure else '  unsure'}", color=colour, fontsize=12)
        _bars(bars, np.array(reading.probabilities), reading.digit, colour)
    _save(figure, path)


def _bars(axes: Axes, probabilities: np.ndarray, winner: int, colour: str) -> None:
    axes.axis("on")
    _plain(axes)
    axes.grid(False)
    axes.barh(range(10), probabilities, color=[colour if digit == winner else MUTED for digit in range(10)])
    axes.set(xlim=(0, 1), ylim=(9.6, -0.6), xticks=[], yticks=range(10))
    axes.tick_params(labelsize=6, length=0)


def _plain(axes: Axes) -> None:
    axes.set_facecolor(PAPER)
    axes.grid(color="#e4ddcf", linewidth=0.6)
    axes.tick_params(colors=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(MUTED)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, facecolor=PAPER)
