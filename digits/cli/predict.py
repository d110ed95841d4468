"""`predict`: read the digits on picture files, one or thousands."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from digits.cli.common import Command, checkpoint_option, console, print_json
from digits.cli.image_paths import ImageFile, collect_images, display_path, drawing_paths
from digits.errors import InklingError

if TYPE_CHECKING:
    from digits.cli.batch_reading import ReadResult
    from digits.recognition.results import PagePrediction

SHEET = 12  # pictures that one PNG shows at most
ROWS = 60  # digits that it shows at most: a picture of more rows is beyond what can be drawn, and looked at
NAMED = 3  # unsure digits of a picture that the table names


def _png_or_folder(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse another kind of file before any picture is read."""
    if path is None:
        return None
    if _is_png(path) and path.is_dir():
        raise click.BadParameter(f"{path} is a folder, and its name is that of a file.", context, option)
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
    help="A folder (made if need be): draw each picture into it, with a box and the digit on everything found. Or a "
    f"PNG: draw up to {SHEET} pictures on one sheet, with what the network got and its ten probabilities.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per picture, one a line.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Processes that read.  [default: one per core for more than 32 pictures, else 1]",
)
def predict(paths: tuple[Path, ...], checkpoint: Path, output: Path | None, as_json: bool, jobs: int | None) -> None:
    """Read every digit on pictures: photos, scans or drawings, dark on light or light on dark.

    A folder stands for all pictures below it (PNG, JPEG, WebP, GIF, BMP; HEIC with pillow-heif), hidden ones left out.
    A picture that cannot be read is reported on standard error and passed over, and the exit status is then 1.

    Without --json there is a table: the digits of each picture, line by line, how certain the least sure of them is,
    and which are unsure.

    \b
    python predict.py samples/3_drawn.png                 one picture
    python predict.py samples                             a folder, as a table
    python predict.py scans photo.jpg --output drawn      … and each picture with its boxes into drawn/
    python predict.py page.jpg --output page_read.png     one sheet, with the probabilities
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
    """Read, print and draw everything; whether anything went wrong."""
    from digits.cli.batch_reading import Job, read_all

    complaints = _Complaints()
    found = collect_images(paths, output, complaints.say)
    if not found:
        return complaints.failed
    sheet = output if output and _is_png(output) else None
    targets = _targets(found, output, sheet)
    work = [Job(one.path, target) for one, target in zip(found, targets, strict=True)]
    screen = console(as_json)
    pages: list[tuple[Path, PagePrediction]] = []
    results = read_all(work, checkpoint, jobs, whole=sheet is not None)
    if not (as_json and sys.stdout.isatty()):  # there each line tells how far it is
        results = _watched(results, complaints.screen, len(found))
    with closing(results):
        heard = _heard(results, pages, complaints)
        if as_json:
            for outcome in heard:
                print_json({"path": click.format_filename(outcome.path), **outcome.answer})
        else:
            _tell(screen, heard, len(found))
    if sheet and pages:
        _draw_sheet(pages, sheet)
        screen.print(f"Drawn into {display_path(sheet)}.")
    elif output and not sheet and complaints.well:
        screen.print(
            f"{complaints.well:,} picture{'s' if complaints.well > 1 else ''} drawn into {display_path(output)}."
        )
    return complaints.failed


def _targets(found: list[ImageFile], output: Path | None, sheet: Path | None) -> list[Path | None]:
    """Where each picture is drawn, by itself; raises `InklingError` where that cannot be, before anything is read."""
    if sheet and len(found) > SHEET:
        raise InklingError(
            f"{len(found):,} pictures do not fit on one sheet. Name a folder, and each is drawn into it: "
            f"--output {display_path(sheet.with_suffix(''))}"
        )
    targets = drawing_paths(found, output) if output and not sheet else [None] * len(found)
    drawn = {path.resolve() for path in (*targets, sheet) if path}
    for one in found:
        if one.path.resolve() in drawn:
            raise InklingError(f"{display_path(one.path)} would be drawn over. Give --output another name.")
    homes = {one.path.resolve().parent for one in found}
    for target in targets:
        if target and target.exists() and target.resolve().parent in homes:
            raise InklingError(
                f"{display_path(target)} is there already, beside your pictures. Give --output another folder."
            )
    return targets


class _Complaints:
    """Says what went wrong on standard error, and remembers that something did, and how many pictures went well."""

    def __init__(self) -> None:
        self.screen = console(as_json=True)
        self.failed = False
        self.well = 0

    def say(self, text: str, failure: bool = True) -> None:
        """Print a line; a failure makes the exit status 1."""
        self.failed |= failure
        self.screen.print(text, style="red" if failure else None)


def _watched(results: Iterator["ReadResult"], errors: Console, total: int) -> Iterator["ReadResult"]:
    """The outcomes as they come, with a bar on standard error where that is a terminal."""
    if total == 1 or not errors.is_terminal:
        yield from results
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with closing(results), Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=total)
        for outcome in results:
            yield outcome
            bar.advance(task)


def _heard(
    results: Iterable["ReadResult"], pages: list[tuple[Path, "PagePrediction"]], complaints: _Complaints
) -> Iterator["ReadResult"]:
    """The outcomes that have an answer; complains about the others and keeps the whole readings."""
    for outcome in results:
        if outcome.complaint:
            complaints.say(f"{display_path(outcome.path)}: {outcome.complaint}")
        else:
            complaints.well += 1
        if outcome.page:
            pages.append((outcome.path, outcome.page))
        if outcome.answer:
            yield outcome


def _draw_sheet(pages: list[tuple[Path, "PagePrediction"]], sheet: Path) -> None:
    from digits.pictures import annotated_image, figures

    rows = sum(max(1, len(page.digits)) for _, page in pages)
    if rows <= ROWS:
        figures.draw_page_predictions(pages, sheet)
    elif len(pages) == 1:
        path, page = pages[0]
        annotated_image.draw_annotated_image(path.read_bytes(), page, sheet)
    else:
        raise InklingError(
            f"{rows} digits do not fit on one sheet. Name a folder, and each picture is drawn into it: "
            f"--output {display_path(sheet.with_suffix(''))}"
        )


def _tell(screen: Console, results: Iterable["ReadResult"], total: int) -> None:
    """Say to people what was read: one picture with one digit in a line, all else in a table.

    Where somebody ends it by Ctrl-C, the table has what was read so far.
    """
    told = []
    try:
        for outcome in results:
            told.append(outcome)  # one by one, so that Ctrl-C leaves what there was
    finally:
        if total == 1 and told and len(told[0].answer["digits"]) < 2:
            screen.print(_line(told[0]))
        elif told:
            _print(screen, told)
        if told and total > 1:
            screen.print(_summary(told, total))


def _print(screen: Console, told: list["ReadResult"]) -> None:
    """The table: on a terminal as wide as that, with long names folded; into a file as wide as it is."""
    from rich import box
    from rich.measure import Measurement
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("picture", overflow="fold")
    table.add_column("text", overflow="fold", style="bold")
    table.add_column("least certain", justify="right", no_wrap=True)
    table.add_column("unsure", overflow="fold")
    for outcome in told:
        table.add_row(display_path(outcome.path), *_cells(outcome.answer))
    if not screen.is_terminal:
        table.width = Measurement.get(screen, screen.options.update(max_width=100_000), table).maximum
    screen.print(table, soft_wrap=False, crop=False, no_wrap=False, overflow="fold")


def _cells(answer: dict[str, Any]) -> tuple[str, str, str]:
    """Text, certainty and doubts of one picture."""
    if not answer["digits"]:
        return "no digits found", "", ""
    least = min(_share(digit) for digit in answer["digits"])
    doubts = list(_doubts(answer))
    more = [f"and {len(doubts) - NAMED} more"] if len(doubts) > NAMED else []
    return answer["text"].replace("\n", " / "), f"{100 * least:.1f} %", "; ".join([*doubts[:NAMED], *more])


def _doubts(answer: dict[str, Any]) -> Iterator[str]:
    """What is unsure, digit by digit: “3 or 5?”, “line 2, 4th digit: no digit?”."""
    digits = iter(answer["digits"])
    lines = answer["text"].split("\n")
    for row, line in enumerate(lines, 1):
        for place, digit in zip(range(1, len(line) + 1), digits, strict=False):
            if not digit["sure"]:
                where = f"{_ordinal(place)} digit: " if len(answer["text"]) > 1 else ""
                yield f"{f'line {row}, ' if len(lines) > 1 else ''}{where}{_doubt(digit)}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _doubt(digit: dict[str, Any]) -> str:
    return "no digit?" if digit["doubt"] == "no-digit" else f"{digit['digit']} or {_ranked(digit)[1]}?"


def _share(digit: dict[str, Any]) -> float:
    return digit["probabilities"][digit["digit"]]


def _ranked(digit: dict[str, Any]) -> list[int]:
    """The ten digits, the likeliest first."""
    return sorted(range(10), key=lambda other: -digit["probabilities"][other])


def _line(outcome: "ReadResult") -> str:
    """A picture with one digit, or none: what it is, how surely, and what it might be instead."""
    if not outcome.answer["digits"]:
        return f"{display_path(outcome.path)}: no digits found"
    digit = outcome.answer["digits"][0]
    others = ", ".join(f"{other} {100 * digit['probabilities'][other]:.1f} %" for other in _ranked(digit)[1:3])
    share = _share(digit)
    doubt = "" if digit["sure"] else f"  unsure: {_doubt(digit)} Softmax alone: {100 * digit['claim']:.1f} %."
    bar = "█" * round(20 * share)
    return f"{display_path(outcome.path)}: {digit['digit']}  {100 * share:5.1f} % {bar:<20}{doubt}  (then {others})"


def _summary(told: list["ReadResult"], total: int) -> str:
    """How many pictures were read, and how many of them deserve a look."""
    kinds = Counter(_kind(outcome.answer) for outcome in told)
    parts = [f"{kinds[kind]:,} {kind}" for kind in ("without digits", "with something unsure") if kinds[kind]]
    return f"{len(told):,} of {total:,} pictures read{': ' if parts else ''}{', '.join(parts)}."


def _kind(answer: dict[str, Any]) -> str:
    if not answer["digits"]:
        return "without digits"
    return "sure" if all(digit["sure"] for digit in answer["digits"]) else "with something unsure"
