"""Draws result figures with matplotlib, in the colours of the web page."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from digits.atomic_file import atomic_write
from digits.evaluation.metrics import BINS, EpochResult, Reliability
from digits.pictures import annotated_image
from digits.pictures.palette import ABOVE, BELOW, GROUND, INK, MUTED
from digits.recognition.results import PagePrediction

matplotlib.use("Agg")

PHOTO_SIDE_PX = 640  # longer side of a photo beside its predictions

_UNSURE_WORDS = {None: "", "between": "  unsure", "no-digit": "  perhaps no digit"}


def draw_training_history(history: list[EpochResult], path: Path) -> None:
    """Draws training and validation loss and accuracy after each epoch."""
    figure = Figure(figsize=(10, 4), dpi=120, facecolor=GROUND, layout="constrained")
    epochs = [epoch.epoch for epoch in history]
    for axes, name, title in zip(
        figure.subplots(1, 2), ("loss", "accuracy"), ("Loss (cross-entropy)", "Accuracy, %"), strict=True
    ):
        _style_axes(axes)
        axes.set_title(title, loc="left", color=INK, fontsize=12)
        axes.set_xlabel("epoch", color=INK)
        axes.plot(epochs, [getattr(epoch, name) for epoch in history], "o-", ms=4, color=MUTED, label="training")
        held_out = [getattr(epoch, f"validation_{name}") for epoch in history]
        if None not in held_out:
            axes.plot(epochs, held_out, "o-", ms=4, color=ABOVE, label="validation")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False)
    _save_figure(figure, path)


def draw_predictions(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draws digits (N, 28, 28) in 0–1 with their probabilities (N, 10); mistakes are coloured."""
    columns = min(5, len(images))
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(2.6 * columns, 1.55 * rows), dpi=120, facecolor=GROUND, layout="constrained")
    grid = figure.subplots(rows, 2 * columns, squeeze=False, width_ratios=[1, 1.1] * columns)
    for axes in grid.flat:
        axes.axis("off")
    for index, (image, label, row) in enumerate(zip(images, labels, probabilities, strict=True)):
        picture, bars = grid[index // columns, 2 * (index % columns) : 2 * (index % columns) + 2]
        guess = int(row.argmax())
        colour = ABOVE if guess == label else BELOW
        picture.imshow(1 - image, cmap="gray", vmin=0, vmax=1)
        text = f"{guess}" if guess == label else f"{guess}, is {label}"
        picture.set_title(f"{text}  {100 * row[guess]:.1f} %", color=colour, fontsize=9)
        _draw_probabilities(bars, row, guess, colour)
    _save_figure(figure, path)


def draw_page_predictions(pages: list[tuple[Path, PagePrediction]], path: Path) -> None:
    """Draws one row a digit: the photo with its box, the 28×28 network input, the probabilities."""
    rows = [(image, page, prediction) for image, page in pages for prediction in page.digits or [None]]
    upright = {image: np.asarray(annotated_image.load_upright(image.read_bytes(), PHOTO_SIDE_PX)) for image, _ in pages}
    figure = Figure(figsize=(8, 2.3 * len(rows)), dpi=120, facecolor=GROUND, layout="constrained")
    grid = figure.subplots(len(rows), 3, squeeze=False, width_ratios=[1.2, 1, 1.6])
    for (image, page, prediction), (photo, seen, bars) in zip(rows, grid, strict=True):
        for axes in (photo, seen, bars):
            axes.axis("off")
        photo.imshow(upright[image], extent=(0, page.width, page.height, 0))
        photo.set_title(image.name, color=MUTED, fontsize=8)
        if prediction is None:
            photo.set_title(f"{image.name}: no digits found", color=BELOW, fontsize=8)
            continue
        x, y, width, height = prediction.box
        colour = ABOVE if prediction.sure else BELOW
        photo.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=colour))
        seen.imshow(1 - prediction.image, cmap="gray", vmin=0, vmax=1)
        seen.set_title("what the network gets", color=MUTED, fontsize=8)
        share = 100 * prediction.probabilities[prediction.digit]
        bars.set_title(
            f"{prediction.digit}  {share:.1f} %{_UNSURE_WORDS[prediction.unsure_reason]}", color=colour, fontsize=12
        )
        _draw_probabilities(bars, np.array(prediction.probabilities), prediction.digit, colour)
    _save_figure(figure, path)


def draw_confusion(matrix: np.ndarray, path: Path) -> None:
    """Draws the confusion matrix (10, 10): labels as rows, predictions as columns, mistakes in colour."""
    figure = Figure(figsize=(6.2, 6.2), dpi=120, facecolor=GROUND, layout="constrained")
    axes = figure.subplots()
    mistakes = matrix * (1 - np.eye(10, dtype=matrix.dtype))
    colours = LinearSegmentedColormap.from_list("mistakes", [GROUND, BELOW])
    axes.imshow(mistakes, cmap=colours, vmin=0, vmax=max(1, mistakes.max()))
    for label, guess in np.argwhere(matrix):
        count = matrix[label, guess]
        strong = label != guess and count > 0.6 * mistakes.max()
        colour = MUTED if label == guess else GROUND if strong else INK
        axes.text(guess, label, f"{count:,}", ha="center", va="center", color=colour, fontsize=10)
    axes.set_title(f"{mistakes.sum():,} of {matrix.sum():,} digits misread", loc="left", color=INK, fontsize=12)
    axes.set_xlabel("read as", color=INK)
    axes.set_ylabel("is", color=INK)
    axes.set(xticks=range(10), yticks=range(10))
    _style_axes(axes)
    axes.set_xticks(np.arange(9) + 0.5, minor=True)
    axes.set_yticks(np.arange(9) + 0.5, minor=True)
    axes.grid(False)
    axes.grid(which="minor", color="#e4ddcf", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    _save_figure(figure, path)


def draw_mistakes(
    images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, sure: np.ndarray, path: Path
) -> None:
    """Draws misread digits (N, 28, 28) in 0–1, in the given order, with their predictions.

    sure: (N,) booleans; predictions that are not sure are grey.
    """
    columns = 8
    rows = max(1, -(-len(images) // columns))
    figure = Figure(figsize=(1.25 * columns, 1.5 * rows + 0.5), dpi=120, facecolor=GROUND, layout="constrained")
    title = f"Mistakes, the surest {len(images)} (grey: marked unsure)" if len(images) else "No mistakes"
    figure.suptitle(title, x=0.02, ha="left", color=INK, fontsize=12)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, label, row, certain in zip(grid.flat, images, labels, probabilities, sure, strict=False):
        axes.imshow(1 - image, cmap="gray", vmin=0, vmax=1)
        guess = int(row.argmax())
        axes.set_title(f"{guess}, is {label}  {100 * row[guess]:.0f} %", color=BELOW if certain else MUTED, fontsize=9)
    _save_figure(figure, path)


def draw_reliability(parts: dict[str, Reliability], path: Path) -> None:
    """Draws accuracy against confidence and the number of digits in each bin, one column a part."""
    figure = Figure(figsize=(5 * len(parts), 5.6), dpi=120, facecolor=GROUND, layout="constrained")
    grid = figure.subplots(2, len(parts), squeeze=False, height_ratios=[3, 1], sharex=True, sharey="row")
    middles = (np.arange(BINS) + 0.5) / BINS
    for (name, part), above, below in zip(parts.items(), *grid, strict=True):
        for axes in (above, below):
            _style_axes(axes)
            axes.tick_params(labelleft=True)
            axes.set_axisbelow(True)
        above.set_title(f"{name}: ECE {part.ece:.2f} %", loc="left", color=INK, fontsize=12)
        above.plot([0, 1], [0, 1], "--", color=MUTED, linewidth=1)
        above.bar(middles, np.nan_to_num(part.accuracy), 0.9 / BINS, color=ABOVE, alpha=0.35)
        above.plot(part.confidence, part.accuracy, "o", ms=5, color=ABOVE, clip_on=False, zorder=3)
        above.set(xlim=(0, 1), ylim=(0, 1.04))
        above.set_ylabel("share read right", color=INK)
        bars = below.bar(middles, part.count, 0.9 / BINS, color=MUTED)
        below.bar_label(bars, [f"{count:,}" if count else "" for count in part.count], fontsize=7, color=INK, padding=1)
        below.set_yscale("symlog", linthresh=1)
        below.set(ylim=(0, 8 * max(part.count)))
        below.yaxis.set_major_locator(NullLocator())
        below.yaxis.set_minor_locator(NullLocator())
        below.set_ylabel("digits (log)", color=INK)
        below.set_xlabel("probability claimed", color=INK)
    _save_figure(figure, path)


def draw_corruptions(networks: dict[str, dict[str, float]], path: Path) -> None:
    """Draws the error rate under each corruption, from the accuracies (percent) of each network."""
    names = list(next(iter(networks.values())))
    figure = Figure(
        figsize=(1.6 + 3.4 * len(networks) ** 0.8, 0.8 + 0.3 * len(names)),
        dpi=120,
        facecolor=GROUND,
        layout="constrained",
    )
    grid = figure.subplots(1, len(networks), squeeze=False, sharex=True, sharey=True)[0]
    for axes, (network, right) in zip(grid, networks.items(), strict=True):
        _style_axes(axes)
        axes.grid(False, axis="y")
        axes.set_axisbelow(True)
        bars = axes.barh(names, [100 - right[name] for name in names], color=BELOW, alpha=0.8)
        axes.bar_label(bars, [f"{100 - right[name]:.2f} %" for name in names], fontsize=8, color=INK, padding=3)
        axes.set_title(network, loc="left", color=INK, fontsize=11)
        axes.set_xlabel("misread, %", color=INK)
        axes.tick_params(axis="y", length=0)
    worst = max(100 - value for right in networks.values() for value in right.values())
    grid[0].set(xlim=(0, 1.25 * max(worst, 0.1)))
    grid[0].invert_yaxis()
    _save_figure(figure, path)


def _draw_probabilities(axes: Axes, probabilities: np.ndarray, winner: int, colour: str) -> None:
    axes.axis("on")
    _style_axes(axes)
    axes.grid(False)
    axes.barh(range(10), probabilities, color=[colour if digit == winner else MUTED for digit in range(10)])
    axes.set(xlim=(0, 1), ylim=(9.6, -0.6), xticks=[], yticks=range(10))
    axes.tick_params(labelsize=6, length=0)


def _style_axes(axes: Axes) -> None:
    axes.set_facecolor(GROUND)
    axes.grid(color="#e4ddcf", linewidth=0.6)
    axes.tick_params(colors=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "left")
        spine.set_color(MUTED)


def _save_figure(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, facecolor=GROUND)
