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
def process_group(device: str) -> Iterator[torch.device]:
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


def process_count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def is_main_process() -> bool:
    """Whether this process is the one that prints and writes."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


@contextmanager
def main_process_first() -> Iterator[None]:
    """Let the leader through before the others: what it fetches or writes, they find."""
    if not is_main_process():
        distributed.barrier()
    yield
    if is_main_process() and process_count() > 1:
        distributed.barrier()


def ddp_network(network: nn.Module) -> nn.Module:
    """The network to call in training: itself, or its like in all processes."""
    return DistributedDataParallel(network) if process_count() > 1 else network


def shard(rows: torch.Tensor) -> torch.Tensor:
    """What of a batch (N, …) falls to this process."""
    return rows[distributed.get_rank() :: process_count()] if process_count() > 1 else rows


def all_reduce_sum(sums: torch.Tensor) -> torch.Tensor:
    """Sums over all processes, in place."""
    if process_count() > 1:
        distributed.all_reduce(sums)
    return sums


def all_agree(opinion: bool) -> bool:
    """Whether all processes are of this opinion."""
    return all_reduce_sum(torch.tensor(float(opinion))).item() == process_count()
