"""`predict`: read digits from picture files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from digits.cli.common import Command, console, print_json, trained
from digits.errors import InklingError

if TYPE_CHECKING:
    from digits.reader import PageReading, Reading


def _png(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse another kind of file before any picture is read."""
    if path and path.suffix.lower() != ".png":
        raise click.BadParameter(f"{path} must end in .png", context, option)
    return path


@click.command(cls=Command)
@click.argument("images", nargs=-1, metavar="IMAGE...", type=click.Path(path_type=Path))
@click.option(
    "--checkpoint",
    "path",
    type=click.Path(path_type=Path),
    default=trained,
    show_default="mnist_model.pth",
    help="The weights to read with.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_png,
    help="Draw each picture, what the network got and its ten probabilities into this PNG.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture, one a line.")
def predict(images: tuple[Path, ...], path: Path, output: Path | None, as_json: bool) -> None:
    """Read the digit on each picture: PNG, JPEG, WebP, GIF or BMP, dark on light or light on dark.

    Try it on the pictures in samples/. A picture that cannot be read is reported and passed over, and the exit
    status is then 1.
    """
    from digits.reader import Reader

    if not images:
        images = (click.prompt("Picture of a digit", type=click.Path(path_type=Path), err=as_json),)
    reader = Reader.from_checkpoint(path)
    screen, complaints = console(as_json), console(as_json=True)
    readings: list[tuple[Path, PageReading]] = []
    for image in images:
        try:
            reading = reader.read(image.read_bytes())
        except (InklingError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            complaints.print(f"{image}: {reason}", style="red")
            continue
        readings.append((image, reading))
        if as_json:
            print_json({"path": str(image), **reading.summary()})
        else:
            _show(screen, image, reading)
    if output and readings:
        from digits.figures import readings as draw

        draw(readings, output)
        screen.print(f"Drawn into {output}.")
    if len(readings) < len(images):
        raise SystemExit(1)


def _show(screen: Console, image: Path, page: "PageReading") -> None:
    if not page.digits:
        screen.print(f"{image}: no ink found")
    for reading in page.digits:
        ranked = sorted(range(10), key=lambda digit: -reading.probabilities[digit])
        others = ", ".join(f"{digit} {100 * reading.probabilities[digit]:.1f} %" for digit in ranked[1:3])
        share = reading.probabilities[reading.digit]
        bar = "█" * round(20 * share)
        screen.print(f"{image}: {reading.digit}  {100 * share:5.1f} % {bar:<20}{_doubt(reading)}  (then {others})")


def _doubt(reading: "Reading") -> str:
    """Nothing for a sure reading; else why it is unsure, and what softmax alone would have claimed."""
    if reading.sure:
        return ""
    why = "perhaps no digit" if reading.doubt == "no-digit" else f"{reading.digit} or {reading.rival}?"
    return f"  unsure: {why} Softmax alone: {100 * reading.claim:.1f} %."
