"""Shared parts of the commands: options, errors and results.

Imports nothing slow, so that --help is fast.
"""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from digits.errors import InklingError
from digits.paths import find

CHECKPOINT = Path("mnist_model.pth")


def default_checkpoint() -> Path:
    """Returns the checkpoint in the current folder, or else the one that ships."""
    return find(CHECKPOINT)


class Command(click.Command):
    """A command that prints expected errors as one message without a traceback, with exit status 1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {"help_option_names": ["-h", "--help"], "max_content_width": 100})
        super().__init__(*args, **kwargs)

    def invoke(self, context: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(context)
        except InklingError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error


def console(as_json: bool, quiet: bool = False) -> Console:
    """Returns the console for messages: standard output, or standard error if the output is JSON."""
    return Console(stderr=as_json, quiet=quiet, highlight=False, soft_wrap=True, markup=False)


def print_json(result: Any) -> None:
    """Prints one line of JSON on standard output."""
    click.echo(json.dumps(result, ensure_ascii=False))


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as one JSON object, on the last line."
)

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    help="Folder of MNIST, which is downloaded if it is missing.",
)

checkpoint_option = click.option(
    "--checkpoint",
    type=click.Path(path_type=Path),
    default=CHECKPOINT,
    show_default=True,
    callback=lambda _context, _option, path: find(path),
    help="The network: any of models/*.pth, or one that you trained.",
)
