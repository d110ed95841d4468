"""The training pipeline: train, train the OOD head, calibrate, test, write.

It prints nothing; callbacks do.
"""

from pathlib import Path

import torch

from digits.data.dataset import Digits
from digits.errors import BadCheckpoint, TrainingFailed
from digits.evaluation import metrics
from digits.evaluation.metrics import EpochResult
from digits.networks import calibration, checkpoint
from digits.networks.architectures import Network
from digits.networks.calibration import Calibration
from digits.networks.ood_head import OODHead, attach_ood_head
from digits.training import distributed
from digits.training.callbacks.base import TrainingCallback
from digits.training.loop import fit
from digits.training.recipes import describe
from digits.training.run import Run

PICTURED_DIGITS = 20  # test digits in predictions.png


def train(run: Run, digits: Digits, validation: Digits | None, state: Path, callback: TrainingCallback) -> bool:
    """Trains to the end or to Ctrl-C, and saves the state after each epoch.

    Returns True if it was interrupted.

    After Ctrl-C the run holds its last whole epoch. Raises `TrainingFailed` as `fit` does, and where Ctrl-C comes
    before the end of the first epoch.
    """
    if run.finished:
        callback.on_message("That run is finished already.")
        return False
    callback.on_message(_announcement(run, digits))
    saved = len(run.history)  # epochs in the state on disk
    try:
        try:
            callback.on_start(run)
            for event in fit(run, digits, validation, callback.report_at):
                if isinstance(event, EpochResult):
                    if distributed.is_main_process():
                        run.save(state)
                    saved = event.epoch
                callback.on_event(run, event)
        finally:
            callback.on_stop(run)
    except KeyboardInterrupt:
        if not saved:
            raise TrainingFailed("Stopped within the first epoch: there is nothing to keep yet.") from None
        callback.on_message(f"Stopped. Epoch {saved} is kept; the same command with --resume continues from there.")
        run.restore_last_epoch(state)
        return True
    return False


def finish(
    run: Run,
    digits: Digits,
    validation: Digits | None,
    test: Digits,
    output: Path,
    state: Path,
    callback: TrainingCallback,
    ood_callback: TrainingCallback | None = None,
) -> None:
    """Trains the OOD head, calibrates, tests, and writes the checkpoint and its pictures.

    Test digits are used here only. `ood_callback` follows the training of the OOD head. The state is saved last: a run
    that is killed before repeats all of this when it is resumed.
    """
    complete = len(run.history) == run.recipe.epochs
    network = run.averaged_network
    assert isinstance(network, Network)  # noqa: S101 - only the run of an OOD head trains another module
    ood_head = train_ood_head(run, digits, callback, ood_callback) if complete and run.recipe.ood_epochs else None
    if validation:
        logits = metrics.compute_logits(attach_ood_head(network, ood_head), validation)
        fitted = calibration.fit_calibration(logits, validation.labels)
    else:
        fitted = reuse_calibration(run, output, callback) if ood_head else calibration.UNCALIBRATED
    logits = metrics.compute_logits(network, test)
    run.test_accuracy = metrics.accuracy(logits, test.labels)
    if not distributed.is_main_process():
        return
    checkpoint.save(output, network.eval(), run.metadata(fitted, ood_head))
    _draw(run, test, fitted.probabilities(logits[:PICTURED_DIGITS]), output)
    if complete:
        run.save(state)


def train_ood_head(
    run: Run, digits: Digits, callback: TrainingCallback, ood_callback: TrainingCallback | None = None
) -> OODHead:
    """Trains an OOD head for the run's network; returns it in evaluation mode.

    Raises `TrainingFailed` as `fit` does, and after Ctrl-C.
    """
    ood_run = run.ood_run()
    callback.on_message(f"Now the OOD head, which detects pictures that are no digit: {describe(ood_run.recipe)}.")
    ood_callback = ood_callback or TrainingCallback()
    try:
        ood_callback.on_start(ood_run)
        for event in fit(ood_run, digits, None):
            ood_callback.on_event(ood_run, event)
    except KeyboardInterrupt:
        raise TrainingFailed(
            "Stopped while training the OOD head. The epochs before that are kept; the same command with --resume "
            "continues from there."
        ) from None
    finally:
        ood_callback.on_stop(ood_run)
    run.ood_seconds = ood_run.seconds
    ood_head = ood_run.averaged_network.eval()
    assert isinstance(ood_head, OODHead)  # noqa: S101 - the run of an OOD head trains nothing else
    return ood_head


def reuse_calibration(run: Run, output: Path, callback: TrainingCallback) -> Calibration:
    """Returns the calibration of the network at `output`, if the same recipe trained it, else none."""
    try:
        _, metadata = checkpoint.load(output)
    except BadCheckpoint:
        metadata = None
    if metadata and metadata.ood_head and _same_recipe(metadata.recipe, run.metadata().recipe):
        callback.on_message(f"No digits are left to calibrate on: the calibration is taken over from {output}.")
        return metadata.calibration
    callback.on_message(
        "No digits are left to calibrate on, so the network counts as sure from 90 %. For better thresholds train "
        f"without --full first: the calibration of the network in {output} is then taken over."
    )
    return calibration.UNCALIBRATED


def _same_recipe(one: dict, other: dict) -> bool:
    return {**one, "precision": None} == {**other, "precision": None}  # the machine may have chosen the precision


def _announcement(run: Run, digits: Digits) -> str:
    processes = distributed.process_count()
    together = f", {processes} processes together" if processes > 1 else ""
    return (
        f"Training {run.architecture} ({run.network.parameter_count:,} parameters) on {len(digits):,} digits, "
        f"on the {run.device.type}{together}: {describe(run.recipe)}."
    )


def _draw(run: Run, test: Digits, probabilities: torch.Tensor, output: Path) -> None:
    """Draws training_history.png and predictions.png beside the checkpoint."""
    from digits.pictures import figures  # matplotlib takes longer to import than a network its first steps

    figures.draw_training_history(run.history, output.with_name("training_history.png"))
    figures.draw_predictions(
        test.images[:PICTURED_DIGITS].numpy() / 255,
        test.labels[:PICTURED_DIGITS].numpy(),
        probabilities.numpy(),
        output.with_name("predictions.png"),
    )
