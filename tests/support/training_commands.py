"""`train` as a user runs it, on a few digits that ship: what its tests share. conftest.py names the fixtures."""

import pytest
import torch
from click.testing import CliRunner
from pictures import shuffled

from digits.cli import main
from digits.data import dataset, mnist

TINY = ["--batch-size", "64", "--seed", "3", "--precision", "float32"]


@pytest.fixture
def asked(sheet, monkeypatch):
    """400 digits to learn from, 80 of them kept back, and the same to test on; a list of the folders asked for."""
    digits = shuffled(sheet)
    folders = []

    def load(directory, report=print):
        folders.append(directory)
        return digits, digits

    monkeypatch.setattr(mnist, "load", load)
    monkeypatch.setattr(dataset, "VALIDATION_SIZE", 80)
    for name in ("draw_predictions", "draw_training_history"):  # half a second each
        monkeypatch.setattr(f"digits.pictures.figures.{name}", lambda *_: None)
    return folders


@pytest.fixture
def train(asked, tmp_path, monkeypatch):
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["train", "--device", "cpu", *TINY, *map(str, arguments)])
        assert result.exit_code == status, result.output + repr(result.exception)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run


@pytest.fixture
def interrupt(monkeypatch):
    """Presses Ctrl-C when so many batches (5 and the validation's one make an epoch) were taken."""

    def at(count):
        original, taken = dataset.Digits.batch, []

        def batch(*arguments, **options):
            taken.append(1)
            if len(taken) == count:
                raise KeyboardInterrupt
            return original(*arguments, **options)

        monkeypatch.setattr(dataset.Digits, "batch", batch)

    return at


def weights(path):
    return torch.load(path, weights_only=True)["state_dict"]


def same(one, other):
    return all(torch.equal(value, other[name]) for name, value in one.items())
