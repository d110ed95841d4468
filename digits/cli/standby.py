"""Standby process: imports what `train` needs, then waits for a command line.

`python -m digits.cli.standby DESCRIPTOR` reads the arguments as one line of JSON from a pipe, given by its file
descriptor. The end of the pipe, or no line in time, ends the process. The imports take seconds, the first steps of a
training a tenth of a second.
"""

import json
import os
import select
import sys

MAX_WAIT_SECONDS = 300


def wait(descriptor: int) -> None:
    """Imports what `train` needs, waits for the arguments, and runs the command."""
    import torch._dynamo  # noqa: F401 - imported by the first step of an optimizer

    from digits.cli import main
    from digits.training import pipeline  # noqa: F401

    if select.select([descriptor], [], [], MAX_WAIT_SECONDS)[0]:
        with os.fdopen(descriptor, encoding="utf-8") as pipe:
            line = pipe.readline()
        if line:
            main(json.loads(line), prog_name="digits")


if __name__ == "__main__":
    wait(int(sys.argv[1]))
