"""Experiment trackers: each run told to TensorBoard or Comet, on disk, so that runs can be compared.

Neither is needed for anything else, so neither is imported unless it is asked for.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from digits.data.bundled import page_digits
from digits.data.dataset import Digits
from digits.errors import TrainingFailed
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import checkpoint
from digits.pictures import figures
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

RUNS = Path("runs")  # where all of them write, a folder each
EXAMPLE = 120  # of the digits that come with the project: the first 3

Report = Callable[[str], None]


class Tracker(TrainingCallback):
    """What every tracker is told of a run; what it does with it is up to `start` and the methods after it."""

    started = False

    def __init__(self, report: Report) -> None:
        self.report = report
        self.batch = 0  # since the run began
        self.began_at = time.strftime("%Y-%m-%d_%H-%M-%S")

    def began(self, run: Run) -> None:
        """Say what is trained, and how."""
        self.start(run, f"{run.architecture}_{self.began_at}")
        self.started = True
        self.parameters(
            {
                "network": run.architecture,
                "parameters": run.network.parameter_count,
                "seed": run.seed,
                "device": run.device.type,
                **{name: "by itself" if value is None else value for name, value in asdict(run.recipe).items()},
            }
        )

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """The loss of the last batches, by batches; of an epoch loss and accuracy (percent), by epochs."""
        if isinstance(event, StepResult):
            self.batch = (event.epoch - 1) * event.batches + event.batch
            self.number("loss/step", event.latest, self.batch)
            return
        for name, value in (
            ("loss/training", event.loss),
            ("loss/validation", event.validation_loss),
            ("accuracy/training", event.accuracy),
            ("accuracy/validation", event.validation_accuracy),
        ):
            if value is not None:
                self.number(name, value, event.epoch)

    def finished(self, run: Run, result: dict[str, Any]) -> None:
        """The test accuracy; one digit with its probabilities; the twenty that lie beside the checkpoint."""
        if not self.started:
            return  # the run was finished before, and nothing was learnt
        epoch = len(run.history)
        self.number("accuracy/test", run.test_accuracy, epoch)
        output = Path(result["output"])
        with TemporaryDirectory() as folder:
            one = Path(folder) / "prediction.png"
            example(output, one)
            self.picture("prediction", one, epoch)
        grid = output.with_name("predictions.png")
        if grid.exists():
            self.picture("predictions", grid, epoch)
        self.report(self.end(run))

    def start(self, run: Run, name: str) -> None:
        """A run of that name begins."""
        raise NotImplementedError

    def parameters(self, values: dict[str, Any]) -> None:
        """What was decided before it."""
        raise NotImplementedError

    def number(self, name: str, value: float, at: int) -> None:
        """One more point of a curve, at a batch or an epoch."""
        raise NotImplementedError

    def picture(self, name: str, path: Path, at: int) -> None:
        """A PNG."""
        raise NotImplementedError

    def end(self, run: Run) -> str:
        """Put everything where it belongs; returns how to look at it."""
        raise NotImplementedError


class TensorBoard(Tracker):
    """Writes runs/tensorboard/NAME, for `tensorboard --logdir runs/tensorboard`."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        with _needs("tensorboard"):
            from torch.utils.tensorboard import SummaryWriter
        self.make = SummaryWriter

    def start(self, run: Run, name: str) -> None:
        """Open the file."""
        self.folder = RUNS / "tensorboard" / name
        self.writer = self.make(self.folder)

    def parameters(self, values: dict[str, Any]) -> None:
        """A table of words at once; what columns runs can be compared by comes at the end."""
        self.values = values
        rows = [f"| {name} | {value} |" for name, value in values.items()]
        self.writer.add_text("parameters", "\n".join(["| | |", "|---|---|", *rows]))

    def number(self, name: str, value: float, at: int) -> None:
        """A scalar."""
        self.writer.add_scalar(name, value, at)

    def picture(self, name: str, path: Path, at: int) -> None:
        """An image."""
        with Image.open(path) as image:
            self.writer.add_image(name, np.asarray(image.convert("RGB")), at, dataformats="HWC")

    def stopped(self, run: Run) -> None:
        """Have on disk what there is."""
        if self.started:
            self.writer.flush()

    def end(self, run: Run) -> str:
        """Close the file."""
        self.writer.add_hparams(self.values, {"accuracy/test": run.test_accuracy}, run_name=".")
        self.writer.close()
        return f"{self.folder}: look at it with tensorboard --logdir {self.folder.parent}"


class Comet(Tracker):
    """With COMET_API_KEY to comet.com; without, into runs/comet as an archive that can be sent there later."""

    # Only what it is told here: no code, no command line, no facts about the machine.
    SILENT = dict.fromkeys(
        [
            *("log_code", "log_graph", "log_git_metadata", "log_git_patch", "log_env_details", "parse_args"),
            *("auto_param_logging", "auto_metric_logging", "auto_output_logging"),
        ],
        False,
    )

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        os.environ.setdefault("COMET_DISABLE_AUTO_LOGGING", "1")  # it would patch PyTorch
        os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")  # it would call another company, offline too
        with _needs("comet_ml"):
            import comet_ml
        logging.getLogger("comet_ml").setLevel(logging.WARNING)
        self.make = comet_ml

    def start(self, run: Run, name: str) -> None:
        """Begin an experiment, online or offline."""
        options = {**self.SILENT, "display_summary_level": 0}
        if not os.environ.get("COMET_PROJECT_NAME"):
            options["project_name"] = "inkling"
        key = os.environ.get("COMET_API_KEY")
        self.folder = None if key else RUNS / "comet"
        if key:
            self.experiment = self.make.Experiment(api_key=key, **options)
            if not self.experiment.alive:
                raise ConnectionError("Comet did not answer; without COMET_API_KEY the run is kept in runs/comet")
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.experiment = self.make.OfflineExperiment(offline_directory=str(self.folder.resolve()), **options)
        self.experiment.set_name(name)

    def parameters(self, values: dict[str, Any]) -> None:
        """Hyperparameters."""
        self.experiment.log_parameters(values)

    def number(self, name: str, value: float, at: int) -> None:
        """A metric; its step is the batch, or the epoch where it is one of epochs."""
        self.experiment.log_metric(name, value, step=at)

    def picture(self, name: str, path: Path, at: int) -> None:
        """An image; Comet reads it later, so it gets the bytes."""
        with Image.open(path) as image:
            self.experiment.log_image(image.convert("RGB"), name=name, step=at)

    def end(self, run: Run) -> str:
        """Send the rest, or pack the archive."""
        url = self.experiment.url
        self.experiment.end()
        if self.folder is None:
            return f"Comet has it: {url}"
        archive = self.folder / f"{self.experiment.get_key()}.zip"
        return f"{archive}: send it with comet upload {archive}, once you have a key."


@contextmanager
def _needs(package: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise TrainingFailed(
            f"That tracker needs the package {package}, which is not here ({error}). Install it: "
            f"{sys.executable} -m pip install {package}"
        ) from error


def example(network: Path, output: Path) -> None:
    """Draw what the network in a checkpoint makes of one digit: a 3 that comes with the project."""
    ten, facts = checkpoint.load(network)
    sheet = page_digits()
    one = Digits(sheet.images[EXAMPLE : EXAMPLE + 1], sheet.labels[EXAMPLE : EXAMPLE + 1])
    probabilities = facts.calibration.probabilities(metrics.compute_logits(ten, one))
    figures.draw_predictions(one.images.numpy() / 255, one.labels.numpy(), probabilities.numpy(), output)


TRACKERS: dict[str, Callable[[Report], Tracker]] = {"comet": Comet, "tensorboard": TensorBoard}
