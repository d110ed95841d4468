"""Training on the terminal: a progress bar, and a line for each epoch."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from digits.evaluation.metrics import EpochResult
from digits.training.callbacks.base import TrainingCallback
from digits.training.events import StepResult
from digits.training.run import Run


class TrainingProgress(TrainingCallback):
    """Shows the events of `fit()`."""

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

    def said(self, text: str) -> None:
        """Print what takes long."""
        self.screen.print(text)

    def began(self, run: Run) -> None:
        """Print the head of the table and start the bar."""
        self.screen.print(
            f"{'epoch':>8}{'loss':>10}{'accuracy':>11}{'validation: loss':>20}{'accuracy':>11}{'time':>9}"
        )
        self.task = self.bar.add_task(
            "training", total=run.recipe.epochs, completed=len(run.history), epoch="", loss=0.0, accuracy=0.0
        )
        self.bar.start()

    def stopped(self, run: Run) -> None:
        """Take the bar away."""
        self.bar.stop()

    def saw(self, run: Run, event: StepResult | EpochResult) -> None:
        """Take one event in."""
        epochs = run.recipe.epochs
        if isinstance(event, StepResult):
            self.bar.update(
                self.task,
                completed=event.epoch - 1 + event.batch / event.batches,
                epoch=f"{event.epoch}/{epochs}",
                loss=event.loss,
                accuracy=event.accuracy,
            )
            if self.verbose and event.batch % 100 == 0:
                self.screen.print(f"  epoch {event.epoch}, batch {event.batch}/{event.batches}: loss {event.loss:.4f}")
            return
        validation = f"{'–':>20}{'–':>11}"
        if event.validation_loss is not None:
            validation = f"{event.validation_loss:>20.4f}{event.validation_accuracy:>9.2f} %"
        self.screen.print(
            f"{f'{event.epoch}/{epochs}':>8}{event.loss:>10.4f}{event.accuracy:>9.2f} %{validation}"
            f"{event.seconds:>7.1f} s"
        )
