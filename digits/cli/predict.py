"""`predict`: reads the digits on picture files, one or thousands."""

import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from digits.cli.common import Command, checkpoint_option, console, print_json
from digits.cli.image_paths import ImageFile, collect_images, display_path, drawing_paths
from digits.cli.predict_text import print_results
from digits.errors import InklingError

if TYPE_CHECKING:
    from digits.cli.batch_reading import ReadResult
    from digits.recognition.results import PagePrediction

    Results = Generator[ReadResult, None, None]

MAX_PICTURES_PER_PNG = 12
MAX_ROWS_PER_PNG = 60  # one row a digit; a taller picture can be neither drawn nor viewed


def _png_or_folder(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuses another kind of file before any picture is read."""
    if path is None:
        return None
    if _is_png(path) and path.is_dir():
        raise click.BadParameter(f"{path} is a folder, although its name ends in .png.", context, option)
    if not _is_png(path) and not path.is_dir() and (path.suffix or path.exists()):
        raise click.BadParameter(f"{path} must end in .png, or be a folder.", context, option)
    return path


def _is_png(path: Path) -> bool:
    return path.suffix.lower() == ".png"


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[FILE|FOLDER]...", type=click.Path(path_type=Path))
@checkpoint_option
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    callback=_png_or_folder,
    help="A folder, made if it is missing: draw each picture into it, with a box and the digit on everything found. "
    f"Or a PNG: draw up to {MAX_PICTURES_PER_PNG} pictures into it, with the network's inputs and its probabilities.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture, one a line.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Number of processes.  [default: one per core for more than 32 pictures, else 1]",
)
def predict(paths: tuple[Path, ...], checkpoint: Path, output: Path | None, as_json: bool, jobs: int | None) -> None:
    """Read every digit on pictures: photos, scans or drawings, dark on light or light on dark.

    A folder stands for all pictures below it (PNG, JPEG, WebP, GIF, BMP; HEIC with pillow-heif), hidden ones left out.
    A picture that cannot be read is reported on standard error and skipped; the exit status is then 1.

    Without --json a table is printed: the digits of each picture, line by line, the least probability among them, and
    the unsure digits.

    \b
    python predict.py samples/3_drawn.png                 one picture
    python predict.py samples                             a folder, as a table
    python predict.py scans photo.jpg --output drawn      … and each picture with its boxes into drawn/
    python predict.py page.jpg --output page_read.png     one PNG, with the probabilities
    python predict.py scans --json > scans.jsonl          for programs: one object a line
    python predict.py scans --json | jq -r '[.path, .text] | @tsv'
    """
    if not paths:
        paths = (click.prompt("Picture of digits, or a folder", type=click.Path(path_type=Path), err=as_json),)
    try:
        failed = _predict(paths, checkpoint, output, as_json, jobs)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    if failed:
        raise SystemExit(1)


def _predict(paths: tuple[Path, ...], checkpoint: Path, output: Path | None, as_json: bool, jobs: int | None) -> bool:
    """Reads, prints and draws everything; returns True if anything failed."""
    from digits.cli.batch_reading import Job, read_all

    errors = _Errors()
    found = collect_images(paths, output, errors.report)
    if not found:
        return errors.failed
    png = output if output and _is_png(output) else None
    targets = _drawing_targets(found, output, png)
    work = [Job(image.path, target) for image, target in zip(found, targets, strict=True)]
    screen = console(as_json)
    pages: list[tuple[Path, PagePrediction]] = []
    results = read_all(work, checkpoint, jobs, keep_pages=png is not None)
    if not (as_json and sys.stdout.isatty()):  # else the lines of JSON show the progress
        results = _with_progress(results, errors.screen, len(found))
    with closing(results):
        readable = _readable(results, pages, errors)
        if as_json:
            for result in readable:
                print_json({"path": click.format_filename(result.path), **(result.summary or {})})
        else:
            print_results(screen, readable, len(found))
    if png and pages:
        _draw_pages(pages, png)
        screen.print(f"Drawn into {display_path(png)}.")
    elif output and not png and errors.successes:
        plural = "s" if errors.successes > 1 else ""
        screen.print(f"{errors.successes:,} picture{plural} drawn into {display_path(output)}.")
    return errors.failed


def _drawing_targets(found: list[ImageFile], output: Path | None, png: Path | None) -> Sequence[Path | None]:
    """Returns the PNG of each picture, if it gets its own.

    Raises `InklingError` where a file would be overwritten.
    """
    if png and len(found) > MAX_PICTURES_PER_PNG:
        raise InklingError(
            f"{len(found):,} pictures are too many for one PNG. Name a folder, and each is drawn into it: "
            f"--output {display_path(png.with_suffix(''))}"
        )
    targets = drawing_paths(found, output) if output and not png else [None] * len(found)
    drawings = {path.resolve() for path in (*targets, png) if path}
    for image in found:
        if image.path.resolve() in drawings:
            raise InklingError(f"{display_path(image.path)} would be overwritten. Give --output another name.")
    folders = {image.path.resolve().parent for image in found}
    for target in targets:
        if target and target.exists() and target.resolve().parent in folders:
            raise InklingError(
                f"{display_path(target)} exists already, beside your pictures. Give --output another folder."
            )
    return targets


class _Errors:
    """Prints errors on standard error; counts successes and notes failures."""

    def __init__(self) -> None:
        self.screen = console(as_json=True)
        self.failed = False
        self.successes = 0

    def report(self, text: str, failure: bool = True) -> None:
        """Prints a line; a failure makes the exit status 1."""
        self.failed |= failure
        self.screen.print(text, style="red" if failure else None)


def _with_progress(results: "Results", errors: Console, total: int) -> "Results":
    """Yields the results, with a progress bar on standard error where that is a terminal."""
    if total == 1 or not errors.is_terminal:
        yield from results
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with closing(results), Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=total)
        for result in results:
            yield result
            bar.advance(task)


def _readable(
    results: Iterable["ReadResult"], pages: list[tuple[Path, "PagePrediction"]], errors: _Errors
) -> Iterator["ReadResult"]:
    """Yields the results with a summary; reports errors and collects the page predictions."""
    for result in results:
        if result.error:
            errors.report(f"{display_path(result.path)}: {result.error}")
        else:
            errors.successes += 1
        if result.page:
            pages.append((result.path, result.page))
        if result.summary:
            yield result


def _draw_pages(pages: list[tuple[Path, "PagePrediction"]], png: Path) -> None:
    """Draws all pages into one PNG; raises `InklingError` where they are too many."""
    from digits.pictures import annotated_image, figures

    rows = sum(max(1, len(page.digits)) for _, page in pages)
    if rows <= MAX_ROWS_PER_PNG:
        figures.draw_page_predictions(pages, png)
    elif len(pages) == 1:
        path, page = pages[0]
        annotated_image.draw_annotated_image(path.read_bytes(), page, png)
    else:
        raise InklingError(
            f"{rows} digits are too many for one PNG. Name a folder, and each picture is drawn into it: "
            f"--output {display_path(png.with_suffix(''))}"
        )
