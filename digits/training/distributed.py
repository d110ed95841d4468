"""Several processes that train one network, as torchrun starts them; in a process alone all of this does nothing.

Every process draws the same random numbers and so makes the same batches; each learns from its share, and
DistributedDataParallel averages the gradients. The first process, the leader, prints and writes. Ctrl-C reaches all
of them; who still waits for another's gradients at that moment hears that the connection is closed, and stops too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from digits.errors import TrainingFailed


@contextmanager
def joined(device: str) -> Iterator[torch.device]:
    """Join the other processes of this torchrun for a while; gives the device that falls to this process."""
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield torch.device(device)
        return
    cuda, place = device == "cuda", int(os.environ["LOCAL_RANK"])
    if device == "mps":
        raise TrainingFailed("Several processes train on CPUs or on CUDA devices only. Try --device cpu.")
    if cuda and place >= torch.cuda.device_count():
        raise TrainingFailed(
            f"There are {torch.cuda.device_count()} CUDA devices for more processes than that. Try --nproc-per-node "
            f"{torch.cuda.device_count()}, or --device cpu."
        )
    mine = torch.device(f"cuda:{place}" if cuda else "cpu")
    if cuda:
        torch.cuda.set_device(mine)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo")
    try:
        yield mine
    finally:
        distributed.destroy_process_group()


def count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def leads() -> bool:
    """Whether this process is the one that prints and writes."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


@contextmanager
def leader_first() -> Iterator[None]:
    """Let the leader through before the others: what it fetches or writes, they find."""
    if not leads():
        distributed.barrier()
    yield
    if leads() and count() > 1:
        distributed.barrier()


def learner(network: nn.Module) -> nn.Module:
    """The network to call in training: itself, or its like in all processes."""
    return DistributedDataParallel(network) if count() > 1 else network


def share(rows: torch.Tensor) -> torch.Tensor:
    """What of a batch (N, …) falls to this process."""
    return rows[distributed.get_rank() :: count()] if count() > 1 else rows


def total(sums: torch.Tensor) -> torch.Tensor:
    """Sums over all processes, in place."""
    if count() > 1:
        distributed.all_reduce(sums)
    return sums


def agreed(opinion: bool) -> bool:
    """Whether all processes are of this opinion."""
    return total(torch.tensor(float(opinion))).item() == count()
