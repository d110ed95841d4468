"""Recognises weights that other training scripts saved.

Handles their wrappers and names, and finds the architecture that they fit.
"""

from collections.abc import Iterable
from pathlib import Path

import torch

from digits.errors import BadCheckpoint
from digits.networks.architectures import ARCHITECTURES, Network, build

WRAPPER_KEYS = ("state_dict", "model_state_dict", "model_state", "model", "net", "weights")
PREFIXES = ("module.", "_orig_mod.")  # of DataParallel and torch.compile

Leaves = dict[str, torch.Tensor]  # a layer's tensors, such as weight and bias


def unwrap(content: dict) -> dict:
    """Returns the dict of weights inside a training script's checkpoint, or the content itself."""
    return next((content[key] for key in WRAPPER_KEYS if isinstance(content.get(key), dict)), content)


def strip_prefixes(name: str) -> str:
    """Returns a tensor's name without the prefixes of wrapping modules."""
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def recognise(path: Path, tensors: dict[str, torch.Tensor]) -> tuple[Network, dict[str, torch.Tensor]]:
    """Returns a fresh network whose layers have these shapes, and the tensors under its names.

    Names and order of definition differ between scripts; shapes do not. Layers of equal shapes (`five_conv` alone has
    such layers) are matched in the order of their definition. Raises `BadCheckpoint` where no architecture fits.
    """
    modules: dict[str, Leaves] = {}
    for name, tensor in tensors.items():
        module, _, leaf = name.rpartition(".")
        modules.setdefault(module, {})[leaf] = tensor
    found = _group_by_signature(modules.values())
    for architecture in ARCHITECTURES:
        network = build(architecture)
        names = [name for name, layer in network.named_children() if len(list(layer.parameters()))]
        expected = _group_by_signature(network.get_submodule(name).state_dict() for name in names)
        if {key: len(group) for key, group in expected.items()} == {key: len(group) for key, group in found.items()}:
            renamed = {}
            for name in names:
                leaves = found[_signature(network.get_submodule(name).state_dict())].pop(0)
                renamed |= {f"{name}.{leaf}": tensor for leaf, tensor in leaves.items()}
            return network, renamed
    shapes = ", ".join("×".join(map(str, tensor.shape)) for tensor in tensors.values() if tensor.ndim > 1)
    raise BadCheckpoint(
        f"{path} fits no network of Inkling ({', '.join(ARCHITECTURES)}). Its weights have the shapes "
        f"{shapes or 'of no layer'}."
    )


def _group_by_signature(layers: Iterable[Leaves]) -> dict[tuple, list[Leaves]]:
    """Groups layers by the names and shapes of their tensors; each group keeps its order."""
    groups: dict[tuple, list[Leaves]] = {}
    for leaves in layers:
        groups.setdefault(_signature(leaves), []).append(leaves)
    return groups


def _signature(leaves: Leaves) -> tuple:
    """Returns the names and shapes of a layer's tensors, without BatchNorm's batch counter."""
    return tuple(sorted((leaf, *tensor.shape) for leaf, tensor in leaves.items() if leaf != "num_batches_tracked"))
