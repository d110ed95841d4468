"""Text output of `predict`: one line for a single digit, else a table."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console

from digits.cli.image_paths import display_path

if TYPE_CHECKING:
    from digits.cli.batch_reading import ReadResult

MAX_NAMED_UNSURE = 3  # unsure digits of a picture that the table names

Summary = dict[str, Any]  # as `PagePrediction.summary()` returns it


def print_results(screen: Console, results: Iterable["ReadResult"], total: int) -> None:
    """Prints what was read on `total` pictures: a picture with one digit as a line, all else as a table.

    After Ctrl-C it prints the results so far.
    """
    read: list[tuple[str, Summary]] = []  # path and summary
    try:
        for result in results:
            if result.summary is not None:
                read.append((display_path(result.path), result.summary))
    finally:
        if total == 1 and read and len(read[0][1]["digits"]) < 2:
            screen.print(_line(*read[0]))
        elif read:
            _print_table(screen, read)
        if read and total > 1:
            screen.print(_totals([summary for _, summary in read], total))


def _print_table(screen: Console, read: list[tuple[str, Summary]]) -> None:
    """Prints the table: on a terminal with long names folded, into a file in its full width."""
    from rich import box
    from rich.measure import Measurement
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("picture", overflow="fold")
    table.add_column("text", overflow="fold", style="bold")
    table.add_column("least certain", justify="right", no_wrap=True)
    table.add_column("unsure", overflow="fold")
    for path, summary in read:
        table.add_row(path, *_cells(summary))
    if not screen.is_terminal:
        table.width = Measurement.get(screen, screen.options.update(max_width=100_000), table).maximum
    screen.print(table, soft_wrap=False, crop=False, no_wrap=False, overflow="fold")


def _cells(summary: Summary) -> tuple[str, str, str]:
    """Returns text, least probability and unsure digits of a picture."""
    if not summary["digits"]:
        return "no digits found", "", ""
    least = min(_probability(digit) for digit in summary["digits"])
    unsure = list(_unsure_digits(summary))
    more = [f"and {len(unsure) - MAX_NAMED_UNSURE} more"] if len(unsure) > MAX_NAMED_UNSURE else []
    cell = "; ".join([*unsure[:MAX_NAMED_UNSURE], *more])
    return summary["text"].replace("\n", " / "), f"{100 * least:.1f} %", cell


def _unsure_digits(summary: Summary) -> Iterator[str]:
    """Yields a few words about each unsure digit: “3 or 5?”, “line 2, 4th digit: no digit?”."""
    digits = iter(summary["digits"])
    lines = summary["text"].split("\n")
    for row, line in enumerate(lines, 1):
        for place, digit in zip(range(1, len(line) + 1), digits, strict=False):
            if not digit["sure"]:
                where = f"{_ordinal(place)} digit: " if len(summary["text"]) > 1 else ""
                yield f"{f'line {row}, ' if len(lines) > 1 else ''}{where}{_question(digit)}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _question(digit: dict[str, Any]) -> str:
    return "no digit?" if digit["doubt"] == "no-digit" else f"{digit['digit']} or {_ranked(digit)[1]}?"


def _probability(digit: dict[str, Any]) -> float:
    return digit["probabilities"][digit["digit"]]


def _ranked(digit: dict[str, Any]) -> list[int]:
    """Returns the ten digits, the most probable first."""
    return sorted(range(10), key=lambda other: -digit["probabilities"][other])


def _line(path: str, summary: Summary) -> str:
    """Returns the line of a picture with one digit or none: digit, probability, next two digits."""
    if not summary["digits"]:
        return f"{path}: no digits found"
    digit = summary["digits"][0]
    others = ", ".join(f"{other} {100 * digit['probabilities'][other]:.1f} %" for other in _ranked(digit)[1:3])
    probability = _probability(digit)
    unsure = "" if digit["sure"] else f"  unsure: {_question(digit)} Uncalibrated: {100 * digit['claim']:.1f} %."
    bar = "█" * round(20 * probability)
    return f"{path}: {digit['digit']}  {100 * probability:5.1f} % {bar:<20}{unsure}  (then {others})"


def _totals(read: list[Summary], total: int) -> str:
    """Returns a sentence that counts the pictures read, without digits, and with unsure digits."""
    kinds = Counter(map(_kind, read))
    parts = [f"{kinds[kind]:,} {kind}" for kind in ("without digits", "with something unsure") if kinds[kind]]
    return f"{len(read):,} of {total:,} pictures read{': ' if parts else ''}{', '.join(parts)}."


def _kind(summary: Summary) -> str:
    if not summary["digits"]:
        return "without digits"
    return "sure" if all(digit["sure"] for digit in summary["digits"]) else "with something unsure"
