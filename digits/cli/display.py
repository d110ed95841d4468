"""Training on the terminal: a progress bar, and a line for each epoch."""

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from digits.run import Epoch
from digits.training import Step


class TrainingDisplay:
    """Shows the events of `fit()`; a context manager that owns the progress bar."""

    def __init__(self, screen: Console, epochs: int, done: int, verbose: bool) -> None:
        self.screen, self.epochs, self.verbose = screen, epochs, verbose
        self.bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:.2f} %"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=screen,
            transient=True,
        )
        self.task = self.bar.add_task("training", total=epochs, completed=done, epoch="", loss=0.0, accuracy=0.0)

    def __enter__(self) -> "TrainingDisplay":
        self.screen.print(
            f"{'epoch':>8}{'loss':>10}{'accuracy':>11}{'validation: loss':>20}{'accuracy':>11}{'time':>9}"
        )
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def show(self, event: Step | Epoch) -> None:
        """Take one event in."""
        if isinstance(event, Step):
            self.bar.update(
                self.task,
                completed=event.epoch - 1 + event.batch / event.batches,
                epoch=f"{event.epoch}/{self.epochs}",
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
            f"{f'{event.epoch}/{self.epochs}':>8}{event.loss:>10.4f}{event.accuracy:>9.2f} %{validation}"
            f"{event.seconds:>7.1f} s"
        )
