"""What `train` does one after the other: learn, learn to doubt, calibrate, test, write."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from digits import calibration, checkpoint, evaluation, parallel
from digits.checkpoint import Facts
from digits.cli.display import TrainingDisplay, describe
from digits.data import Digits
from digits.errors import TrainingFailed
from digits.models import Network, part
from digits.run import Epoch, Run
from digits.training import fit
from digits.watching import Together, Watcher


def learn(run: Run, train: Digits, validation: Digits | None, state: Path, screen: Console, watcher: Watcher) -> bool:
    """Train to the end or to Ctrl-C, saving the state after each epoch; returns whether it was stopped."""
    if run.finished:
        screen.print("That run is finished already.")
        return False
    if run.rehearsal:
        screen.print("Once more, with the validation digits too; what they said of the first time stays.")
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
        if not kept and not run.rehearsal:
            raise TrainingFailed("Stopped within the first epoch: there is nothing to keep yet.") from None
        best = f"the network of {run.rehearsal.facts.training_digits:,} digits" if run.rehearsal else f"epoch {kept}"
        screen.print(f"Stopped. Keeping {best}; the same command with --resume goes on from epoch {kept}.")
        run.rewind(state)
        return True
    return False


def rehearsed(run: Run, train: Digits, validation: Digits, state: Path, screen: Console) -> Run:
    """The run that learns from all digits, once `run` is complete; from here on `--resume` finds that one."""
    again = run.refitting(*_complete(run, train, validation, screen))
    if parallel.leads():
        again.save(state)
    return again


def finish(
    run: Run, train: Digits, validation: Digits | None, test: Digits, output: Path, state: Path, screen: Console
) -> None:
    """Complete the run, touch the test set, once, and write the checkpoint and the pictures."""
    network, facts = _complete(run, train, validation, screen)
    answers = evaluation.logits(network, test)
    run.test_accuracy = evaluation.accuracy(answers, test.labels)
    if not parallel.leads():
        return
    checkpoint.save(output, network, replace(facts, test_accuracy=run.test_accuracy))
    from digits import figures  # matplotlib takes longer to come than a network its first steps

    history = run.rehearsal.history if run.rehearsal else run.history  # the one that was measured
    figures.training_history(history, output.with_name("training_history.png"))
    figures.predictions(
        test.images[:20].numpy() / 255,
        test.labels[:20].numpy(),
        facts.calibration.probabilities(answers[:20]).numpy(),
        output.with_name("predictions.png"),
    )
    if len(run.history) == run.recipe.epochs:
        run.save(state)  # last: whoever is killed before that makes all of them again when told to --resume


def _complete(run: Run, train: Digits, validation: Digits | None, screen: Console) -> tuple[Network, Facts]:
    """Learn to doubt, and calibrate: the network to keep, and all facts about it but what the test set says.

    Without validation digits the temperature and the bounds are the rehearsal's, if there was one; of a run that was
    stopped on its way to more than that, the rehearsal is what there is to keep.
    """
    whole = len(run.history) == run.recipe.epochs
    if run.rehearsal and not whole:
        return run.rehearsal.network, run.rehearsal.facts
    last = _doubting(run, train, validation, screen) if whole and run.recipe.doubt else run
    network, none = part(last.result)
    if validation:
        fitted = calibration.fit(evaluation.logits(last.result, validation), validation.labels, none)
    else:
        fitted = replace(run.rehearsal.facts.calibration, none=none) if run.rehearsal else calibration.UNCALIBRATED
    return network.eval(), run.facts(fitted)


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
