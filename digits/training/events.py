"""Progress events that `fit` yields within an epoch; after each epoch it yields an `EpochResult`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepResult:
    """Progress after some batches: mean loss and accuracy (percent) since the epoch began."""

    epoch: int  # from 1
    batch: int  # from 1
    batches: int  # of the epoch
    loss: float
    accuracy: float
    digits: int  # MNIST digits trained on since the run began, counted each time; synthetic digits are not counted
    latest: float  # mean loss since the previous StepResult of the epoch
    lr: float  # learning rate of the batch
