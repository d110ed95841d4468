"""Experiment trackers, which record runs so that they can be compared: TensorBoard and Comet.

Both are optional packages, imported only where they are asked for.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

RUNS = Path("runs")  # parent folder of all runs
EXAMPLE_INDEX = 120  # of the bundled digits: the first 3

Report = Callable[[str], None]


class Tracker(TrainingCallback):
    """Turns a run into parameters, numbers and pictures; subclasses record them."""

    started = False

    def __init__(self, report: Report) -> None:
        self.report = report
        self.batch = 0  # since the run began
        self.created_at = time.strftime("%Y-%m-%d_%H-%M-%S")

    def on_start(self, run: Run) -> None:
        """Records the network and the recipe."""
        self.start(run, f"{run.architecture}_{self.created_at}")
        self.started = True
        self.parameters(
            {
                "network": run.architecture,
                "parameters": run.network.parameter_count,
                "seed": run.seed,
                "device": run.device.type,
                **{name: "default" if value is None else value for name, value in run.recipe.to_dict().items()},
            }
        )

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Records the loss of the last batches; of an epoch, its losses and accuracies (percent)."""
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

    def on_finish(self, run: Run, result: dict[str, Any]) -> None:
        """Records the test accuracy, one digit with its probabilities, and predictions.png."""
        if not self.started or run.test_accuracy is None:
            return  # the run was finished before
        epoch = len(run.history)
        self.number("accuracy/test", run.test_accuracy, epoch)
        output = Path(result["output"])
        with TemporaryDirectory() as folder:
            path = Path(folder) / "prediction.png"
            draw_example(output, path)
            self.picture("prediction", path, epoch)
        predictions = output.with_name("predictions.png")
        if predictions.exists():
            self.picture("predictions", predictions, epoch)
        self.report(self.end(run))

    def start(self, run: Run, name: str) -> None:
        """Begins a run of that name."""
        raise NotImplementedError

    def parameters(self, values: dict[str, Any]) -> None:
        """Records the settings of the run."""
        raise NotImplementedError

    def number(self, name: str, value: float, step: int) -> None:
        """Records a point of a curve, at a batch or an epoch."""
        raise NotImplementedError

    def picture(self, name: str, path: Path, step: int) -> None:
        """Records a PNG."""
        raise NotImplementedError

    def end(self, run: Run) -> str:
        """Completes the record; returns a sentence about how to view it."""
        raise NotImplementedError


class TensorBoard(Tracker):
    """Records into runs/tensorboard/NAME, for `tensorboard --logdir runs/tensorboard`."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        with _installed("tensorboard"):
            from torch.utils.tensorboard import SummaryWriter
        self.make = SummaryWriter

    def start(self, run: Run, name: str) -> None:
        """Opens the event file."""
        self.folder = RUNS / "tensorboard" / name
        self.writer = self.make(self.folder)

    def parameters(self, values: dict[str, Any]) -> None:
        """Records a table; the columns that compare runs are written at the end."""
        self.values = values
        rows = [f"| {name} | {value} |" for name, value in values.items()]
        self.writer.add_text("parameters", "\n".join(["| | |", "|---|---|", *rows]))

    def number(self, name: str, value: float, step: int) -> None:
        """Records a scalar."""
        self.writer.add_scalar(name, value, step)

    def picture(self, name: str, path: Path, step: int) -> None:
        """Records an image."""
        with Image.open(path) as image:
            self.writer.add_image(name, np.asarray(image.convert("RGB")), step, dataformats="HWC")

    def on_stop(self, run: Run) -> None:
        """Writes the record so far to disk."""
        if self.started:
            self.writer.flush()

    def end(self, run: Run) -> str:
        """Closes the event file."""
        self.writer.add_hparams(self.values, {"accuracy/test": run.test_accuracy}, run_name=".")
        self.writer.close()
        return f"{self.folder}: look at it with tensorboard --logdir {self.folder.parent}"


class Comet(Tracker):
    """Records to comet.com with COMET_API_KEY, else into an archive in runs/comet."""

    # Comet collects nothing by itself: no code, no command line, no details of the machine.
    NO_AUTO_LOGGING = dict.fromkeys(
        [
            *("log_code", "log_graph", "log_git_metadata", "log_git_patch", "log_env_details", "parse_args"),
            *("auto_param_logging", "auto_metric_logging", "auto_output_logging"),
        ],
        False,
    )

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        os.environ.setdefault("COMET_DISABLE_AUTO_LOGGING", "1")  # it would patch PyTorch
        os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")  # it would contact another company, even offline
        with _installed("comet_ml"):
            import comet_ml
        logging.getLogger("comet_ml").setLevel(logging.WARNING)
        self.make = comet_ml

    def start(self, run: Run, name: str) -> None:
        """Begins an experiment, online or offline."""
        options: dict[str, Any] = {**self.NO_AUTO_LOGGING, "display_summary_level": 0}
        if not os.environ.get("COMET_PROJECT_NAME"):
            options["project_name"] = "inkling"
        self.folder = None
        if key := os.environ.get("COMET_API_KEY"):
            self.experiment = self.make.Experiment(api_key=key, **options)
            if not self.experiment.alive:
                raise ConnectionError("Comet did not answer. Without COMET_API_KEY the run is recorded in runs/comet")
        else:
            self.folder = RUNS / "comet"
            self.folder.mkdir(parents=True, exist_ok=True)
            self.experiment = self.make.OfflineExperiment(offline_directory=str(self.folder.resolve()), **options)
        self.experiment.set_name(name)

    def parameters(self, values: dict[str, Any]) -> None:
        """Records hyperparameters."""
        self.experiment.log_parameters(values)

    def number(self, name: str, value: float, step: int) -> None:
        """Records a metric."""
        self.experiment.log_metric(name, value, step=step)

    def picture(self, name: str, path: Path, step: int) -> None:
        """Records an image. Comet reads files later, so it gets the pixels."""
        with Image.open(path) as image:
            self.experiment.log_image(image.convert("RGB"), name=name, step=step)

    def end(self, run: Run) -> str:
        """Sends the rest, or writes the archive."""
        url = self.experiment.url
        self.experiment.end()
        if self.folder is None:
            return f"The run is on Comet: {url}"
        archive = self.folder / f"{self.experiment.get_key()}.zip"
        return f"{archive}: upload it with comet upload {archive}, once you have a key."


@contextmanager
def _installed(package: str) -> Iterator[None]:
    """Turns a failed import into `TrainingFailed` with the command that installs the package."""
    try:
        yield
    except ImportError as error:
        raise TrainingFailed(
            f"This tracker needs the package {package}, which is not installed ({error}). Install it: "
            f"{sys.executable} -m pip install {package}"
        ) from error


def draw_example(path: Path, output: Path) -> None:
    """Draws the prediction of a checkpoint's network for one bundled digit, a 3."""
    network, metadata = checkpoint.load(path)
    digits, chosen = page_digits(), slice(EXAMPLE_INDEX, EXAMPLE_INDEX + 1)
    digit = Digits(digits.images[chosen], digits.labels[chosen])
    probabilities = metadata.calibration.probabilities(metrics.compute_logits(network, digit))
    figures.draw_predictions(digit.images.numpy() / 255, digit.labels.numpy(), probabilities.numpy(), output)


TRACKERS: dict[str, Callable[[Report], Tracker]] = {"comet": Comet, "tensorboard": TensorBoard}
