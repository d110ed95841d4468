"""`visualize`: the whole way of one digit through a network, as numbered pictures."""

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

    from digits.imaging.preprocessing import Box
    from digits.pictures.canvas import Canvas
    from digits.pictures.walkthrough import Walkthrough
    from digits.recognition.classifier import DigitClassifier
    from digits.recognition.results import PreparedDigit

EXAMPLE = 295  # of the digits that come with the project: a 7, of which every network of the zoo can still learn
SENT = 400  # pixels of a sent picture's longer side, as it is shown
NAME = re.compile(r"\d\d[ab]?_\w+\.png")


@click.command(cls=Command)
@checkpoint_option
@click.option(
    "--image",
    type=click.Path(path_type=Path),
    help="A picture of one digit, dark on light or light on dark.  [default: a 7 that comes with the project]",
)
@click.option(
    "--label",
    type=click.IntRange(0, 9),
    help="Which digit it is, for the step of learning. Try a wrong one.  [default: what the network reads]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("visualizations"),
    show_default=True,
    help="The folder for the pictures, made if need be.",
)
@data_option
@json_option
def visualize(checkpoint: Path, image: Path | None, label: int | None, output: Path, data: Path, as_json: bool) -> None:
    """Draw the whole way of one digit through a network, as numbered pictures (PNG, 1200 pixels wide).

    First what the network learnt from and what it gets (00a, 00b); then every layer, with all of its answer and one
    number of it worked out; then what it would learn from this digit and its label: forward, loss, gradient, update,
    on real numbers; last the reading. Each picture explains itself. Pictures of an earlier run in the same folder are
    replaced, all at once; other files there are left alone. Works without internet, and without MNIST.

    \b
    python visualize.py                                     a 7, by the default network
    python visualize.py --checkpoint models/three_block.pth --output blocks
    python visualize.py --image samples/4_chalk.webp        a picture of yours
    python visualize.py --label 1                           what if that 7 had been labelled a 1?
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
    reading = walkthrough.prediction
    if as_json:
        told = {
            "model": classifier.metadata.architecture,
            "image": None if image is None else click.format_filename(image),
        }
        answer = {**reading.summary(), "label": walkthrough.label}
        print_json({**told, **answer, "output": click.format_filename(output), "pictures": names})
        return
    _tell(screen, walkthrough, output, names)


def _walkthrough(classifier: "DigitClassifier", image: Path | None, label: int | None, data: Path) -> "Walkthrough":
    """Read the digit and gather what the pictures show."""
    from digits.data import bundled, dataset
    from digits.data import mnist as mnist
    from digits.explain.computation import layer_steps
    from digits.pictures.walkthrough import Walkthrough

    sheet, sent, box = bundled.page_digits(), None, None
    if image is None:
        ready, source = _example(sheet), "A digit of MNIST’s test set, which comes with the project"
        label = int(sheet.labels[EXAMPLE]) if label is None else label
    else:
        ready, sent, box = _prepared(classifier, image)
        source = display_path(image.name)
    reading = classifier.classify(ready, layers=True)
    official = mnist.find_local(data)
    if official and classifier.metadata.training_digits != len(official):
        official = dataset.split(official)[0]
    return Walkthrough(
        network=classifier.network,
        metadata=classifier.metadata,
        prediction=reading,
        steps=layer_steps(classifier, reading.image, reading.layers),
        examples=official or sheet,
        examples_are_mnist=official is not None,
        source=source,
        photo=sent,
        box=box,
        label=reading.digit if label is None else label,
        label_is_given=label is not None,
    )


def _example(sheet) -> "PreparedDigit":
    """The digit of the sheet, which is as MNIST made it and needs no more preparing."""
    from digits.recognition.results import PreparedDigit

    image = sheet.batch(slice(EXAMPLE, EXAMPLE + 1))[0, 0].numpy()
    whole = (0, 0, *image.shape)
    return PreparedDigit(image, whole, whole, *image.shape, {})


def _prepared(classifier: "DigitClassifier", image: Path) -> tuple["PreparedDigit", "np.ndarray", "Box"]:
    """The digit on a picture; that picture itself, small, as RGB; and where on it the digit is."""
    import numpy as np

    from digits.cli.batch_reading import MAX_CHUNK_BYTES
    from digits.imaging.decoding import decode_picture

    try:
        if image.is_file() and image.stat().st_size > MAX_CHUNK_BYTES:
            raise InklingError("This file is far too large for a picture of a digit.")
        sent = image.read_bytes()
        ready, small = _one_digit(classifier, sent), decode_picture(sent, SENT)
    except InklingError as error:
        raise InklingError(f"{display_path(image)}: {error}") from error
    rgb = np.stack(small.channels if len(small.channels) == 3 else 3 * small.channels, axis=2)
    across, down = rgb.shape[1] / ready.width, rgb.shape[0] / ready.height
    x, y, width, height = ready.box
    return ready, rgb, (round(x * across), round(y * down), round(width * across), round(height * down))


def _one_digit(classifier: "DigitClassifier", sent: bytes) -> "PreparedDigit":
    """All ink as one digit; or, where that looks doubtful and the picture is a page with one digit on it, that one."""
    ready = classifier.prepare(sent)
    if classifier.classify(ready).sure:
        return ready
    from digits.recognition.page_reader import PageReader

    digits = PageReader(classifier).read(sent).digits
    if sum(digit.sure for digit in digits) > 1:
        raise InklingError(
            f"There are {len(digits)} digits on this picture, and this command follows one. Cut one out; predict.py "
            "reads them all."
        )
    return replace(ready, image=digits[0].image, box=digits[0].box) if len(digits) == 1 else ready


def _draw(work: list[tuple[str, Callable[[], "Canvas"]]], output: Path, screen: Console) -> list[str]:
    """Draw everything, and only then let the new pictures take the place of an earlier run's; returns their names."""
    from digits.pictures.canvas import is_ours

    try:
        beside = TemporaryDirectory(prefix=".visualize-", dir=output)
    except OSError as error:
        raise InklingError(
            f"{display_path(output)}: Nothing can be written into this folder ({error.strerror})."
        ) from error
    with beside as folder:
        for name, draw in _shown(work, screen):
            draw().save(Path(folder) / f"{name}.png")
        names = [f"{name}.png" for name, _ in work]
        for name in names:
            (Path(folder) / name).replace(output / name)
    for path in output.iterdir():
        if path.name not in names and NAME.fullmatch(path.name) and is_ours(path):
            path.unlink()
    return names


def _shown(work: list, screen: Console) -> Iterator:
    """The same, with a bar on standard error where somebody is watching."""
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


def _tell(screen: Console, walkthrough: "Walkthrough", output: Path, names: list[str]) -> None:
    """The pictures with what they show, and in the last line what was read and where they are."""
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
    first = [("training digits", "", ""), ("the picture", format_size((28, 28)), "0.00 … 1.00")]
    last = [("a step of learning", "", ""), ("the reading", "", "")]
    for name, row in zip(names, [*first, *cells, *last], strict=True):
        table.add_row(name.removesuffix(".png"), *map(_plain, row))
    screen.print(table)
    reading = walkthrough.prediction
    doubt = "" if reading.sure else f", but is {UNSURE_WORDS[reading.unsure_reason]}"
    share = _plain(format_percent(reading.probabilities[reading.digit]))
    screen.print(
        f"{len(names)} pictures in {display_path(output)}: {walkthrough.metadata.architecture} reads a "
        f"{reading.digit} at {share}{doubt}."
    )


def _plain(text: str) -> str:
    """With blanks that can be typed, for those who search what a terminal said."""
    return text.replace("\u00a0", " ")
