"""Training on the terminal: a progress bar, and a line for each epoch."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from digits.evaluation.metrics import EpochResult
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run

VERBOSE_EVERY_BATCHES = 100


class TrainingProgress(TrainingCallback):
    """Prints messages and the events of `fit`."""

    def __init__(self, screen: Console, verbose: bool) -> None:
        self.screen, self.verbose = screen, verbose
        self.bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.2f} %"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=screen,
            transient=True,
        )

    def on_message(self, text: str) -> None:
        """Prints the sentence."""
        self.screen.print(text)

    def on_start(self, run: Run) -> None:
        """Prints the head of the table and starts the bar."""
        self.screen.print(
            f"{'epoch':>8}{'loss':>10}{'accuracy':>11}{'validation: loss':>20}{'accuracy':>11}{'time':>9}"
        )
        self.task = self.bar.add_task(
            "training", total=run.recipe.epochs, completed=len(run.history), epoch="", loss=0.0, accuracy=0.0
        )
        self.bar.start()

    def on_stop(self, run: Run) -> None:
        """Removes the bar."""
        self.bar.stop()

    def on_event(self, run: Run, event: StepResult | EpochResult) -> None:
        """Moves the bar, or prints the line of an epoch."""
        if isinstance(event, EpochResult):
            self._print_epoch(event, run.recipe.epochs)
            return
        self.bar.update(
            self.task,
            completed=event.epoch - 1 + event.batch / event.batches,
            epoch=f"{event.epoch}/{run.recipe.epochs}",
            loss=event.loss,
            accuracy=event.accuracy,
        )
        if self.verbose and event.batch % VERBOSE_EVERY_BATCHES == 0:
            self.screen.print(f"  epoch {event.epoch}, batch {event.batch}/{event.batches}: loss {event.loss:.4f}")

    def _print_epoch(self, event: EpochResult, epochs: int) -> None:
        validation = f"{'–':>20}{'–':>11}"
        if event.validation_loss is not None:
            validation = f"{event.validation_loss:>20.4f}{event.validation_accuracy:>9.2f} %"
        self.screen.print(
            f"{f'{event.epoch}/{epochs}':>8}{event.loss:>10.4f}{event.accuracy:>9.2f} %{validation}"
            f"{event.seconds:>7.1f} s"
        )
