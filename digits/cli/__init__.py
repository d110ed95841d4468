"""The command line: options, texts and exit codes of each command.

Belongs here: one command a module, and what commands share.
Does not belong here: rules that the notebook or the server would need too.
"""

import click

from digits.cli.evaluate import evaluate
from digits.cli.info import info
from digits.cli.predict import predict
from digits.cli.serve import serve
from digits.cli.train import train
from digits.cli.visualize import visualize


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Inkling: draw a digit, watch a neural network read it."""


for command in (serve, train, predict, visualize, evaluate, info):
    main.add_command(command)
