"""Training one network in several processes, as torchrun starts them.

A single process needs none of this.

All processes draw the same random numbers and make the same batches. Each trains on its part of a batch, and
DistributedDataParallel averages the gradients. The main process prints and writes. Ctrl-C reaches all of them; a
process that waits for another's gradients then finds the connection closed, and stops too.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from digits.errors import TrainingFailed


@contextmanager
def process_group(device: str) -> Iterator[torch.device]:
    """Joins the processes of this torchrun for the duration of a block; yields this process's device.

    Raises `TrainingFailed` where the device cannot be shared by that many processes.
    """
    if int(os.environ.get("WORLD_SIZE", 1)) == 1:
        yield torch.device(device)
        return
    cuda, rank = device == "cuda", int(os.environ["LOCAL_RANK"])
    if device == "mps":
        raise TrainingFailed("Several processes train on CPUs or on CUDA devices only. Try --device cpu.")
    if cuda and rank >= torch.cuda.device_count():
        raise TrainingFailed(
            f"There are more processes than CUDA devices ({torch.cuda.device_count()}). Try --nproc-per-node "
            f"{torch.cuda.device_count()}, or --device cpu."
        )
    own_device = torch.device(f"cuda:{rank}" if cuda else "cpu")
    if cuda:
        torch.cuda.set_device(own_device)
    distributed.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo")
    try:
        yield own_device
    finally:
        distributed.destroy_process_group()


def process_count() -> int:
    """Returns the number of processes that train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def is_main_process() -> bool:
    """Returns True in the process that prints and writes."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


@contextmanager
def main_process_first() -> Iterator[None]:
    """Runs a block in the main process before the others, which find what it downloads or writes."""
    if not is_main_process():
        distributed.barrier()
    yield
    if is_main_process() and process_count() > 1:
        distributed.barrier()


def ddp_network(network: nn.Module) -> nn.Module:
    """Returns the module to call in training: the network, or its DistributedDataParallel wrapper."""
    return DistributedDataParallel(network) if process_count() > 1 else network


def shard(batch: torch.Tensor) -> torch.Tensor:
    """Returns this process's part of a batch (N, …)."""
    return batch[distributed.get_rank() :: process_count()] if process_count() > 1 else batch


def all_reduce_sum(sums: torch.Tensor) -> torch.Tensor:
    """Adds a tensor up over all processes, in place."""
    if process_count() > 1:
        distributed.all_reduce(sums)
    return sums


def all_agree(vote: bool) -> bool:
    """Returns True if every process votes True."""
    return all_reduce_sum(torch.tensor(float(vote))).item() == process_count()
