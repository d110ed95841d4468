"""`evaluate`: measures the accuracy, robustness and calibration of networks on MNIST's test digits."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from digits.cli.common import Command, console, data_option, default_checkpoint, json_option, print_json
from digits.errors import BadCheckpoint
from digits.paths import find

if TYPE_CHECKING:
    from rich.table import Table

    from digits.data.dataset import Digits
    from digits.evaluation.report import Evaluation, Report
    from digits.networks.architectures import Network
    from digits.networks.checkpoint import CheckpointMetadata

    Networks = dict[str, tuple[Path, Network, CheckpointMetadata]]  # by a name of its own

MAX_MISTAKES = 40  # in mistakes.png


@click.command(cls=Command)
@click.option(
    "--checkpoint",
    "paths",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    callback=lambda _context, _option, paths: tuple(map(find, paths)),
    help="The weights to evaluate; several times, to compare.  [default: mnist_model.pth]",
)
@click.option("--all", "all_networks", is_flag=True, help="Compare mnist_model.pth and every network in models/.")
@data_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Draw confusion.png, mistakes.png, reliability.png and conditions.png into this folder. Several networks get "
    "a folder in it each, and one conditions.png together.",
)
@json_option
def evaluate(paths: tuple[Path, ...], all_networks: bool, data: Path, output: Path | None, as_json: bool) -> None:
    """Evaluate networks on MNIST's 10,000 test digits, which none of them was trained on.

    Measures the accuracy, for each digit and under corruptions that MNIST lacks: shifted, turned, resized, thin, thick,
    blurred, noisy, pale. Measures the calibration of the probabilities by NLL (negative log likelihood) and ECE
    (expected calibration error: the gap between confidence and accuracy), before and after temperature scaling. And
    measures how often a network is unsure: of digits, of its own mistakes, and of pictures that are no digit. Takes
    about two minutes, and up to half a minute more for each further network.

    \b
    python -m digits evaluate --output evaluation
    python -m digits evaluate --checkpoint mine.pth --checkpoint models/mlp.pth
    python -m digits evaluate --all --json
    """
    from digits.data import mnist as mnist

    networks = _load((*_shipped(), *paths) if all_networks else paths or (default_checkpoint(),))
    folders = _folders(output, networks) if output else {}
    screen = console(as_json)
    _, test = mnist.load(data, report=screen.print)
    evaluations = _evaluate(networks, test, screen)
    results = [
        {
            "name": name,
            "model": network.architecture,
            "checkpoint": str(path),
            "parameters": network.parameter_count,
            **evaluations[name].summary(),
        }
        for name, (path, network, _) in networks.items()
    ]
    _print_results(screen, results)
    if output:
        _draw(evaluations, folders, output)
        screen.print(f"Drawn into {output}.")
    if as_json:
        print_json({"networks": results})


def _shipped() -> list[Path]:
    """Returns the default checkpoint and the networks in `models`."""
    from digits.networks.checkpoint import list_checkpoints

    return [default_checkpoint(), *list_checkpoints(find("models"))]


def _load(paths: tuple[Path, ...]) -> "Networks":
    """Loads every file once; raises `BadCheckpoint`.

    The default checkpoint is named by its architecture, others by their file. Equal names are numbered.
    """
    from digits.networks import checkpoint

    networks: Networks = {}
    for path in {path.resolve(): path for path in paths}.values():
        network, metadata = checkpoint.load(path)
        stem = network.architecture if path.resolve() == default_checkpoint().resolve() else path.stem
        names = chain([stem], (f"{stem}-{number}" for number in count(2)))
        networks[next(name for name in names if name not in networks)] = (path, network, metadata)
    return networks


def _folders(output: Path, networks: "Networks") -> dict[str, Path]:
    """Makes a folder for each network; raises OSError where that fails, before the evaluation."""
    folders = {name: output / name if len(networks) > 1 else output for name in networks}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    return folders


def _evaluate(networks: "Networks", test: "Digits", screen: Console) -> dict[str, "Evaluation"]:
    from digits.evaluation import report
    from digits.evaluation.corruptions import CORRUPTIONS
    from digits.networks.ood_head import attach_ood_head
    from digits.synthesis.outliers import TEST_KINDS

    evaluations = {}
    with _progress(screen, (len(CORRUPTIONS) + len(TEST_KINDS)) * (1 + len(networks))) as reporter:
        pictures = report.TestPictures.of(test, reporter("drawing"))
        for name, (path, network, metadata) in networks.items():
            try:
                classifier = attach_ood_head(network, metadata.ood_head)
                evaluations[name] = report.evaluate(classifier, metadata.calibration, pictures, reporter(name))
            except BadCheckpoint as error:
                raise BadCheckpoint(f"{path}: {error}") from error
    return evaluations


@contextmanager
def _progress(screen: Console, steps: int) -> Iterator[Callable[[str], "Report"]]:
    """Shows a progress bar; yields a function that returns a reporter for a name."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=steps)
        yield lambda name: lambda part: bar.update(task, advance=1, description=f"{name}: {part}")


def _print_results(screen: Console, results: list[dict[str, Any]]) -> None:
    """Prints the table of all results, with a column for each network."""
    from rich.table import Table

    from digits.evaluation.corruptions import CORRUPTIONS

    for result in results:
        screen.print(
            f"{result['name']} ({result['checkpoint']}, {result['parameters']:,} parameters): {result['accuracy']:.2f} "
            f"% of the {result['digits']:,} test digits read right."
        )
    table = Table("", box=None, padding=(0, 2, 0, 0))
    for result in results:
        heading = result["name"].replace("_", "\n") if len(results) > 1 else ""
        table.add_column(heading, justify="right", vertical="bottom")
    for label, key, form in _FIGURES:
        table.add_row(label, *(_number(result[key], form) for result in results))
    sections = [("accuracy under corruptions, %", "conditions"), ("outliers marked unsure, %", "outliers")]
    meanings: dict[str | int, str] = {}
    if len(results) > 1:
        sections += [("precision, %", "precision"), ("recall, %", "recall")]
    else:
        meanings = {
            name: f"{name}: {condition.meaning}" for name, condition in CORRUPTIONS.items() if condition.meaning
        }
    for title, key in sections:
        parts = results[0][key] if isinstance(results[0][key], dict) else range(10)
        table.add_row()
        table.add_row(title, style="bold")
        for part in parts:
            table.add_row(meanings.get(part, str(part)), *(_number(result[key][part]) for result in results))
    _print(screen, table)
    if len(results) == 1:
        screen.print()
        _print(screen, _by_digit(results[0]))


_FIGURES = [
    ("accuracy, %", "accuracy", ".2f"),
    ("mistakes", "mistakes", "d"),
    ("NLL before temperature", "nll_before", ".4f"),
    ("NLL after temperature", "nll", ".4f"),
    ("ECE before temperature, %", "ece_before", ".2f"),
    ("ECE after temperature, %", "ece", ".2f"),
    ("temperature", "temperature", ".3f"),
    ("confidence threshold", "clear", ".3f"),
    ("in-distribution threshold", "familiar", ".3f"),
    ("test digits marked unsure, %", "digits_refused", ".2f"),
    ("mistakes marked unsure, %", "mistakes_caught", ".2f"),
    ("outliers marked unsure, mean, %", "outliers_mean", ".2f"),
]


def _number(number: float | None, form: str = ".2f") -> str:
    return "–" if number is None else format(number, form)


def _by_digit(result: dict[str, Any]) -> "Table":
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("digit", "precision, %", "recall, %"):
        table.add_column(heading, justify="right")
    table.add_column("most often misread as")
    for digit, row in enumerate(result["confusion"]):
        times, other = max((times, other) for other, times in enumerate(row) if other != digit)
        numbers = (_number(result[key][digit]) for key in ("precision", "recall"))
        table.add_row(str(digit), *numbers, f"{other}, {times} of {sum(row):,}" if times else "–")
    return table


def _print(screen: Console, table: "Table") -> None:
    """Prints a table in its full width, beyond the screen's edge rather than with numbers cut off."""
    from rich.measure import Measurement

    table.width = Measurement.get(screen, screen.options.update(max_width=1000), table).maximum
    screen.print(table)


def _draw(evaluations: dict[str, "Evaluation"], folders: dict[str, Path], output: Path) -> None:
    from digits.pictures import figures

    for name, evaluation in evaluations.items():
        folder, worst = folders[name], evaluation.worst(MAX_MISTAKES)
        figures.draw_confusion(evaluation.confusion.numpy(), folder / "confusion.png")
        figures.draw_mistakes(
            evaluation.test.images[worst].numpy() / 255,
            evaluation.test.labels[worst].numpy(),
            evaluation.probabilities[worst].numpy(),
            evaluation.sure[worst].numpy(),
            folder / "mistakes.png",
        )
        before, after = evaluation.reliability()
        parts = {"before temperature": before, "after temperature": after}
        figures.draw_reliability(parts, folder / "reliability.png")
        figures.draw_corruptions({name: evaluation.corruptions}, folder / "conditions.png")
    if len(evaluations) > 1:
        figures.draw_corruptions(
            {name: evaluation.corruptions for name, evaluation in evaluations.items()}, output / "conditions.png"
        )
