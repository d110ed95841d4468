"""What `train` does one after the other: learn, learn to doubt, calibrate, test, write."""

from pathlib import Path

from rich.console import Console

from digits import calibration, checkpoint, evaluation, parallel
from digits.cli.display import TrainingDisplay, describe
from digits.data import Digits
from digits.errors import TrainingFailed
from digits.models import part
from digits.run import Epoch, Run
from digits.training import fit
from digits.watching import Together, Watcher


def learn(run: Run, train: Digits, validation: Digits | None, state: Path, screen: Console, watcher: Watcher) -> bool:
    """Train to the end or to Ctrl-C, saving the state after each epoch; returns whether it was stopped."""
    if run.finished:
        screen.print("That run is finished already.")
        return False
    together = f", {parallel.count()} processes together" if parallel.count() > 1 else ""
    screen.print(
        f"Training {run.architecture} ({run.network.parameter_count:,} parameters) on {len(train):,} digits, "
        f"on the {run.device.type}{together}: {describe(run.recipe)}."
    )
    kept = len(run.history)  # epochs that the state on disk holds
    try:
        try:
            watcher.began(run)
            for event in fit(run, train, validation, watcher.moments):
                if isinstance(event, Epoch):
                    if parallel.leads():
                        run.save(state)
                    kept = event.epoch
                watcher.saw(run, event)
        finally:
            watcher.stopped(run)
    except KeyboardInterrupt:
        if not kept:
            raise TrainingFailed("Stopped within the first epoch: there is nothing to keep yet.") from None
        screen.print(f"Stopped. Keeping epoch {kept}; the same command with --resume goes on from there.")
        run.rewind(state)
        return True
    return False


def finish(
    run: Run, train: Digits, validation: Digits | None, test: Digits, output: Path, state: Path, screen: Console
) -> None:
    """Learn to doubt, calibrate, touch the test set, once, and write the checkpoint and the pictures."""
    whole = len(run.history) == run.recipe.epochs
    last = _doubting(run, train, validation, screen) if whole and run.recipe.doubt else run
    network, none = part(last.result)
    fitted = calibration.UNCALIBRATED
    if validation:
        fitted = calibration.fit(evaluation.logits(last.result, validation), validation.labels, none)
    answers = evaluation.logits(network, test)
    run.test_accuracy = evaluation.accuracy(answers, test.labels)
    if not parallel.leads():
        return
    checkpoint.save(output, network.eval(), run.facts(fitted))
    from digits import figures  # matplotlib takes longer to come than a network its first steps

    figures.training_history(run.history, output.with_name("training_history.png"))
    figures.predictions(
        test.images[:20].numpy() / 255,
        test.labels[:20].numpy(),
        fitted.probabilities(answers[:20]).numpy(),
        output.with_name("predictions.png"),
    )
    if whole:
        run.save(state)  # last: whoever is killed before that makes all of them again when told to --resume


def _doubting(run: Run, train: Digits, validation: Digits | None, screen: Console) -> Run:
    """The epochs that follow, in which the network learns what is no digit."""
    more = run.doubting()
    screen.print(f"Now what is no digit: {describe(more.recipe)}.")
    display = Together(TrainingDisplay(screen, verbose=False))
    try:
        display.began(more)
        for event in fit(more, train, validation):
            display.saw(more, event)
    except KeyboardInterrupt:
        raise TrainingFailed(
            "Stopped while learning what is no digit. The epochs before that are kept; the same command with --resume "
            "goes on from there."
        ) from None
    finally:
        display.stopped(more)
    run.doubting_seconds = more.seconds
    return more
