"""`python -m digits.waiting DESCRIPTOR`: a command that has its imports behind it, and waits for its words.

To import PyTorch, and what an optimiser needs of it, takes seconds; the first steps of a training a tenth of one. The
words come as a line of JSON through a pipe, whose descriptor is given; its end, or a long silence, ends the process.
"""

import json
import os
import select
import sys

PATIENCE = 300  # seconds


def wait(descriptor: int) -> None:
    """Import what `train` needs, wait for the words, and be that command."""
    import torch._dynamo  # noqa: F401 - comes with the first step of an optimiser

    from digits.cli import main
    from digits.training import pipeline  # noqa: F401

    if select.select([descriptor], [], [], PATIENCE)[0]:
        with os.fdopen(descriptor, encoding="utf-8") as pipe:
            line = pipe.readline()
        if line:
            main(json.loads(line), prog_name="digits")


if __name__ == "__main__":
    wait(int(sys.argv[1]))
