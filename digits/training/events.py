"""TODO."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepResult:
    """Progress within an epoch: batches done, mean loss and accuracy (percent) over the epoch so far."""

    epoch: int  # from 1
    batch: int  # from 1
    batches: int
    loss: float
    accuracy: float
    digits: int  # learnt from since the run began, each as often as it was met; those drawn by code not counted
    latest: float  # mean loss since the Step before
