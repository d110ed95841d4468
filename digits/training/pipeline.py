"""What `train` does one after the other: learn, learn to doubt, calibrate, test, write."""

from pathlib import Path

from rich.console import Console

from digits.data.dataset import Digits
from digits.errors import BadCheckpoint, TrainingFailed
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import calibration, checkpoint
from digits.networks.calibration import Calibration
from digits.networks.ood_head import OODHead, attach_ood_head
from digits.training import distributed
from digits.training.callbacks.base import CallbackList, TrainingCallback
from digits.training.callbacks.progress import TrainingProgress
from digits.training.loop import fit
from digits.training.recipes import describe
from digits.training.run import Run


def train(
    run: Run, train: Digits, validation: Digits | None, state: Path, screen: Console, watcher: TrainingCallback
) -> bool:
    """Train to the end or to Ctrl-C, saving the state after each epoch; returns whether it was stopped."""
    if run.finished:
        screen.print("That run is finished already.")
        return False
    together = f", {distributed.process_count()} processes together" if distributed.process_count() > 1 else ""
    screen.print(
        f"Training {run.architecture} ({run.network.parameter_count:,} parameters) on {len(train):,} digits, "
        f"on the {run.device.type}{together}: {describe(run.recipe)}."
    )
    kept = len(run.history)  # epochs that the state on disk holds
    try:
        try:
            watcher.began(run)
            for event in fit(run, train, validation, watcher.moments):
                if isinstance(event, EpochResult):
                    if distributed.is_main_process():
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
    network = run.result
    doubt = _doubt(run, train, screen) if whole and run.recipe.doubt else None
    if validation:
        fitted = calibration.fit_calibration(
            metrics.compute_logits(attach_ood_head(network, doubt), validation), validation.labels
        )
    else:
        fitted = _carried(run, output, screen) if doubt else calibration.UNCALIBRATED
    answers = metrics.compute_logits(network, test)
    run.test_accuracy = metrics.accuracy(answers, test.labels)
    if not distributed.is_main_process():
        return
    checkpoint.save(output, network.eval(), run.facts(fitted, doubt))
    from digits.pictures import figures  # matplotlib takes longer to come than a network its first steps

    figures.draw_training_history(run.history, output.with_name("training_history.png"))
    figures.draw_predictions(
        test.images[:20].numpy() / 255,
        test.labels[:20].numpy(),
        fitted.probabilities(answers[:20]).numpy(),
        output.with_name("predictions.png"),
    )
    if whole:
        run.save(state)  # last: whoever is killed before that makes all of them again when told to --resume


def _carried(run: Run, output: Path, screen: Console) -> Calibration:
    """The temperature and the bounds of the network that lies at `output`, if it is one of the same recipe."""
    try:
        _, facts = checkpoint.load(output)
    except BadCheckpoint:
        facts = None
    # bfloat16 or not is the machine's choice
    if facts and facts.ood_head and {**facts.recipe, "precision": None} == {**run.facts().recipe, "precision": None}:
        screen.print(f"No digits are left to calibrate on: how sure it may be is taken over from {output} as it was.")
        return facts.calibration
    screen.print(
        "No digits are left to calibrate on, so it is sure from 90 %. For better bounds train without --full first: "
        f"they are taken over from the network in {output}."
    )
    return calibration.UNCALIBRATED


def _doubt(run: Run, train: Digits, screen: Console) -> OODHead:
    """The epochs that follow, in which layers of doubt learn what is no digit."""
    more = run.doubting()
    screen.print(f"Now what is no digit: {describe(more.recipe)}.")
    display = CallbackList(TrainingProgress(screen, verbose=False))
    try:
        display.began(more)
        for event in fit(more, train, None):
            display.saw(more, event)
    except KeyboardInterrupt:
        raise TrainingFailed(
            "Stopped while learning what is no digit. The epochs before that are kept; the same command with --resume "
            "goes on from there."
        ) from None
    finally:
        display.stopped(more)
    run.doubting_seconds = more.seconds
    return more.result.eval()
