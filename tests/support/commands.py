"""Running the commands as a user does."""

import json
import subprocess
import sys

from click.testing import CliRunner
from pictures import ROOT

from digits.cli import main

CHECKPOINT = str(ROOT / "mnist_model.pth")


def command(*arguments, status=0, given=None):
    result = CliRunner().invoke(main, [*map(str, arguments)], input=given)
    assert result.exit_code == status, result.output + repr(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


def python(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)


def predict(*arguments, **options):
    return command("predict", "--checkpoint", CHECKPOINT, *arguments, **options)


def told(*arguments, **options):
    return [json.loads(line) for line in predict("--json", *arguments, **options).stdout.splitlines()]


def names(folder):
    """Paths of all files under the folder, as text, relative to it and sorted."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
