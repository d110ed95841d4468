"""`visualize`: draws a walkthrough of one digit's prediction as numbered pictures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from rich.console import Console

from digits.cli.common import Command, checkpoint_option, console, data_option, json_option, print_json
from digits.cli.image_paths import display_path
from digits.errors import InklingError

if TYPE_CHECKING:
    import numpy as np

    from digits.data.dataset import Digits
    from digits.imaging.preprocessing import Box
    from digits.pictures.canvas import Canvas
    from digits.pictures.walkthrough import Walkthrough
    from digits.recognition.classifier import DigitClassifier
    from digits.recognition.results import PreparedDigit

    Drawing = tuple[str, Callable[[], Canvas]]

EXAMPLE_INDEX = 295  # of the bundled digits: a 7 that leaves every network something to learn
SHOWN_SIDE_PX = 400  # longer side of the user's picture, as it is drawn
FILE_NAME = re.compile(r"\d\d[ab]?_\w+\.png")


@click.command(cls=Command)
@checkpoint_option
@click.option(
    "--image",
    type=click.Path(path_type=Path),
    help="A picture of one digit, dark on light or light on dark.  [default: a bundled 7]",
)
@click.option(
    "--label",
    type=click.IntRange(0, 9),
    help="The correct digit, for the gradient step. Try a wrong one.  [default: the predicted digit]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("visualizations"),
    show_default=True,
    help="The folder for the pictures, made if it is missing.",
)
@data_option
@json_option
def visualize(checkpoint: Path, image: Path | None, label: int | None, output: Path, data: Path, as_json: bool) -> None:
    """Draw one digit's prediction, layer by layer, as numbered pictures (PNG, 1200 pixels wide).

    First training digits and the network's input (00a, 00b); then every layer, with its whole output and one number of
    it worked out; then a gradient step on this digit and its label: forward, loss, gradient, update, on real numbers;
    last the prediction. Each picture explains itself. Pictures of an earlier run in the same folder are replaced, all
    at once; other files stay. Works without internet, and without MNIST.

    \b
    python visualize.py                                     a 7, by the default network
    python visualize.py --checkpoint models/three_block.pth --output blocks
    python visualize.py --image samples/4_chalk.webp        a picture of yours
    python visualize.py --label 1                           as if that 7 had been labelled a 1
    """
    if output.exists() and not output.is_dir():
        raise InklingError(f"{display_path(output)} is a file. Give --output the name of a folder.")
    try:
        _visualize(checkpoint, image, label, output, data, as_json)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _visualize(
    checkpoint: Path, image: Path | None, label: int | None, output: Path, data: Path, as_json: bool
) -> None:
    from digits.pictures.walkthrough import draw_walkthrough
    from digits.recognition.classifier import DigitClassifier

    screen = console(as_json)
    classifier = DigitClassifier.from_checkpoint(checkpoint)
    try:
        classifier.warm()
    except InklingError as error:
        raise InklingError(f"{display_path(checkpoint)}: {error}") from error
    walkthrough = _walkthrough(classifier, image, label, data)
    output.mkdir(parents=True, exist_ok=True)
    names = _draw(list(draw_walkthrough(walkthrough)), output, screen)
    if as_json:
        print_json(
            {
                "model": classifier.metadata.architecture,
                "image": None if image is None else click.format_filename(image),
                **walkthrough.prediction.summary(),
                "label": walkthrough.label,
                "output": click.format_filename(output),
                "pictures": names,
            }
        )
        return
    _print_summary(screen, walkthrough, output, names)


def _walkthrough(classifier: "DigitClassifier", image: Path | None, label: int | None, data: Path) -> "Walkthrough":
    """Classifies the digit and gathers the content of the pictures."""
    from digits.data import bundled, dataset
    from digits.data import mnist as mnist
    from digits.explain.computation import layer_steps
    from digits.pictures.walkthrough import Walkthrough

    digits, picture, box = bundled.page_digits(), None, None
    if image is None:
        prepared, source = _example(digits), "A digit of MNIST’s test set, which comes with the project"
        label = int(digits.labels[EXAMPLE_INDEX]) if label is None else label
    else:
        prepared, picture, box = _prepare(classifier, image)
        source = display_path(image.name)
    reading = classifier.classify(prepared, layers=True)
    training = mnist.find_local(data)
    if training and classifier.metadata.training_digits != len(training):
        training = dataset.split(training)[0]
    return Walkthrough(
        network=classifier.network,
        metadata=classifier.metadata,
        prediction=reading,
        steps=layer_steps(classifier, reading.image, reading.layers),
        examples=training or digits,
        examples_are_mnist=training is not None,
        source=source,
        photo=picture,
        box=box,
        label=reading.digit if label is None else label,
        label_is_given=label is not None,
    )


def _example(digits: "Digits") -> "PreparedDigit":
    """Returns the bundled digit, which MNIST has already prepared."""
    from digits.recognition.results import PreparedDigit

    image = digits.batch(slice(EXAMPLE_INDEX, EXAMPLE_INDEX + 1))[0, 0].numpy()
    height, width = image.shape
    whole = (0, 0, width, height)
    return PreparedDigit(image, whole, whole, width, height, {})


def _prepare(classifier: "DigitClassifier", image: Path) -> tuple["PreparedDigit", "np.ndarray", "Box"]:
    """Returns the digit on a picture, the picture itself in small as RGB, and the digit's box on it.

    Raises `InklingError`, which names the file, for a picture without exactly one digit.
    """
    import numpy as np

    from digits.cli.batch_reading import MAX_FILE_BYTES
    from digits.imaging.decoding import decode_picture

    try:
        if image.is_file() and image.stat().st_size > MAX_FILE_BYTES:
            raise InklingError("This file is far too large for a picture of a digit.")
        data = image.read_bytes()
        prepared, small = _one_digit(classifier, data), decode_picture(data, SHOWN_SIDE_PX)
    except InklingError as error:
        raise InklingError(f"{display_path(image)}: {error}") from error
    rgb = np.stack(small.channels if len(small.channels) == 3 else 3 * small.channels, axis=2)
    scale_x, scale_y = rgb.shape[1] / prepared.width, rgb.shape[0] / prepared.height
    x, y, width, height = prepared.box
    return prepared, rgb, (round(x * scale_x), round(y * scale_y), round(width * scale_x), round(height * scale_y))


def _one_digit(classifier: "DigitClassifier", data: bytes) -> "PreparedDigit":
    """Returns all ink as one digit or, where that is unsure, the only digit of the page."""
    prepared = classifier.prepare(data)
    if classifier.classify(prepared).sure:
        return prepared
    from digits.recognition.page_reader import PageReader

    digits = PageReader(classifier).read(data).digits
    if sum(digit.sure for digit in digits) > 1:
        raise InklingError(
            f"There are {len(digits)} digits on this picture; this command shows a single one. Cut one out. predict.py "
            "reads them all."
        )
    return replace(prepared, image=digits[0].image, box=digits[0].box) if len(digits) == 1 else prepared


def _draw(work: "list[Drawing]", output: Path, screen: Console) -> list[str]:
    """Draws everything, then replaces the pictures of an earlier run; returns the names of the new ones."""
    from digits.pictures.canvas import is_ours

    try:
        temporary = TemporaryDirectory(prefix=".visualize-", dir=output)
    except OSError as error:
        raise InklingError(
            f"{display_path(output)}: Nothing can be written into this folder ({error.strerror})."
        ) from error
    with temporary as folder:
        for name, draw in _with_progress(work, screen):
            draw().save(Path(folder) / f"{name}.png")
        names = [f"{name}.png" for name, _ in work]
        for name in names:
            (Path(folder) / name).replace(output / name)
    for path in output.iterdir():
        if path.name not in names and FILE_NAME.fullmatch(path.name) and is_ours(path):
            path.unlink()
    return names


def _with_progress(work: "list[Drawing]", screen: Console) -> "Iterator[Drawing]":
    """Yields the drawings, with a progress bar on standard error where that is a terminal."""
    errors = console(as_json=True)
    if not (screen.is_terminal and errors.is_terminal):
        yield from work
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("drawing"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=len(work))
        for name, draw in work:
            bar.update(task, description=name)
            yield name, draw
            bar.advance(task)


def _print_summary(screen: Console, walkthrough: "Walkthrough", output: Path, names: list[str]) -> None:
    """Prints a table of the pictures, and a last line with the prediction and the folder."""
    from rich.table import Table

    from digits.pictures.layer_captions import KINDS
    from digits.pictures.number_format import format_number, format_percent, format_size
    from digits.pictures.walkthrough import UNSURE_WORDS

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("picture", "shows", "shape", "lowest … highest"):
        table.add_column(title, no_wrap=True)
    rows = [(KINDS[step.layer.kind], format_size(step.layer.shape), step.values) for step in walkthrough.steps]
    cells = [
        (kind, shape, f"{format_number(values.min())} … {format_number(values.max())}") for kind, shape, values in rows
    ]
    first = [("training digits", "", ""), ("the input", format_size((28, 28)), "0.00 … 1.00")]
    last = [("a gradient step", "", ""), ("the prediction", "", "")]
    for name, row in zip(names, [*first, *cells, *last], strict=True):
        table.add_row(name.removesuffix(".png"), *map(_plain, row))
    screen.print(table)
    prediction = walkthrough.prediction
    reason = prediction.unsure_reason
    unsure = f", but is {UNSURE_WORDS[reason]}" if reason else ""
    probability = _plain(format_percent(prediction.probabilities[prediction.digit]))
    screen.print(
        f"{len(names)} pictures in {display_path(output)}: {walkthrough.metadata.architecture} reads a "
        f"{prediction.digit} at {probability}{unsure}."
    )


def _plain(text: str) -> str:
    """Returns the text with ordinary spaces, which can be searched for in a terminal."""
    return text.replace("\u00a0", " ")
