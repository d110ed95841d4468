"""`mnist_model.pth`: a network's weights and the plain facts about how they came to be.

The file is a dict with the tensors under `state_dict` and strings, numbers and lists beside them. Bare state_dicts
that other scripts saved are taken too: the shapes of their tensors tell which network of the zoo they belong to.
"""

import math
import pickle
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digits.atomic_file import atomic_write
from digits.errors import BadCheckpoint, UnknownModel
from digits.networks import ood_head
from digits.networks.architectures import ARCHITECTURES, Network, build
from digits.networks.calibration import UNCALIBRATED, Calibration
from digits.networks.ood_head import OODHead

FORMAT = 1
PREPROCESSING = 1  # the version of digits/preprocessing.py that a network is trained behind
MAX_UNPACKED_BYTES = 256 * 2**20  # bytes once unpacked; the largest network of the zoo takes 1.7 MB
MIN_TEMPERATURE = 1e-3  # the least temperature; logits divided by much less are infinite. Networks have 0.5 to 2
PLAIN = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32)  # with numbers in them
WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "weights")
PREFIXES = ("module.", "_orig_mod.")  # DataParallel, torch.compile


@dataclass
class CheckpointMetadata:
    """What a checkpoint says about its network, beside the weights. Unknown facts of foreign files are empty."""

    architecture: str
    test_accuracy: float | None = None  # percent of the 10,000 test digits
    calibration: Calibration = UNCALIBRATED
    ood_head: OODHead | None = None  # the layers that tell what is no digit, if they were learnt
    recipe: dict[str, Any] = field(default_factory=dict)
    seed: int | None = None
    training_digits: int | None = None
    preprocessing: int = PREPROCESSING
    versions: dict[str, str] = field(default_factory=dict)


def save(path: Path, network: Network, facts: CheckpointMetadata) -> None:
    """Write a checkpoint whole or not at all; raises OSError where the disk will not take it."""
    plain = {**asdict(replace(facts, ood_head=None)), "calibration": facts.calibration.to_dict()}
    del plain["ood_head"]
    weights = {"doubt": facts.ood_head and _plain(facts.ood_head), "state_dict": _plain(network)}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        torch.save({"format": FORMAT, **plain, **weights}, temporary)


def _plain(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}


def load(path: Path) -> tuple[Network, CheckpointMetadata]:
    """A network in evaluation mode on the CPU, and the facts about it.

    Code inside the file never runs (`weights_only=True`). Raises `BadCheckpoint`, which names the file, for one that
    is missing, damaged, foreign or hostile.
    """
    path = Path(path)
    content = read_tensors(path)
    if not isinstance(content, dict):
        raise BadCheckpoint(f"{path} holds a {type(content).__name__}, not a dict of weights. {_HOW_TO_SAVE}")
    tensors = _tensors(path, content)
    architecture = content.get("architecture")
    with torch.random.fork_rng(devices=[]):  # fresh weights are drawn and replaced; nobody's seed should notice
        if isinstance(architecture, str) and architecture in ARCHITECTURES:
            network = build(architecture)
            facts = _facts(path, content)
            if "calibration" in content:
                facts.calibration = _calibration(path, content["calibration"])
            facts.ood_head = _doubt(path, content.get("doubt"), network)
        else:
            network, tensors = _recognise(path, tensors)
            facts = CheckpointMetadata(network.architecture)
    load_weights(path, network, tensors)
    return network.eval(), facts


_HOW_TO_SAVE = "Save the weights alone, as torch.save(model.state_dict(), …)."


def read_tensors(path: Path, missing: str = "Train a network first: python train_mnist.py") -> Any:
    """What a file of PyTorch holds, plain values and tensors only; raises `BadCheckpoint`, which names the file.

    missing: what to do where there is no such file.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                size = sum(member.file_size for member in archive.infolist())
        else:
            size = path.stat().st_size
        if size > MAX_UNPACKED_BYTES:
            raise BadCheckpoint(f"{path} unpacks to {size / 2**20:.0f} MB, more than any network here has.")
        return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise BadCheckpoint(f"{path} does not exist. {missing}") from None
    except pickle.UnpicklingError as error:
        raise BadCheckpoint(
            f"{path} holds more than plain weights, or is damaged, and was not opened further. {_HOW_TO_SAVE}"
        ) from error
    except BadCheckpoint:
        raise
    except Exception as error:  # torch.load meets damaged bytes with whatever its parsers raise
        raise BadCheckpoint(f"{path} is no readable checkpoint: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _tensors(path: Path, content: dict) -> dict[str, torch.Tensor]:
    """The tensors of a file by name, out of the wrapper that training scripts like to put around them."""
    wrapped = next((content[key] for key in WRAPPERS if isinstance(content.get(key), dict)), content)
    tensors = {}
    for name, value in wrapped.items():
        if not isinstance(value, torch.Tensor) or not isinstance(name, str):
            raise BadCheckpoint(f"{path} holds {name!r}, which is not a tensor. {_HOW_TO_SAVE}")
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        tensors[name] = value
    if not tensors:
        raise BadCheckpoint(f"{path} holds no weights.")
    return tensors


def _facts(path: Path, content: dict) -> CheckpointMetadata:
    facts = CheckpointMetadata(
        **{name: content[name] for name in {*CheckpointMetadata.__dataclass_fields__} - {"ood_head"} if name in content}
    )
    for name, kinds in _KINDS.items():
        if not isinstance(getattr(facts, name), kinds):
            raise BadCheckpoint(f"{path}: {name} is {getattr(facts, name)!r}, which it cannot be.")
    if facts.test_accuracy is not None and not 0 <= facts.test_accuracy <= 100:
        raise BadCheckpoint(f"{path}: test_accuracy is {facts.test_accuracy}, not a percentage.")
    if facts.preprocessing != PREPROCESSING:
        raise BadCheckpoint(
            f"{path} was trained behind preprocessing version {facts.preprocessing}; this is version {PREPROCESSING}. "
            "Train it again with this version."
        )
    return facts


def _calibration(path: Path, content: Any) -> Calibration:
    try:
        if content.pop("none", None) is not None:
            raise BadCheckpoint(f"{path} learnt in an older way what is no digit. Train it again with this version.")
        found = Calibration.from_dict(content)
        temperature, clear, familiar = map(
            float, (found.temperature, found.confidence_threshold, found.in_distribution_threshold)
        )
        if temperature >= MIN_TEMPERATURE and all(map(math.isfinite, (temperature, clear, familiar))):
            return Calibration(temperature, clear, familiar)
    except (AttributeError, TypeError, ValueError, RuntimeError, OverflowError):
        pass
    raise BadCheckpoint(f"{path}: its calibration is not one of a network.")


def _doubt(path: Path, content: Any, network: Network) -> OODHead | None:
    """The layers of doubt with these weights, in evaluation mode."""
    if content is None:
        return None
    try:
        layers = ood_head.build(network)
    except UnknownModel as error:
        raise BadCheckpoint(f"{path}: {error}") from error
    load_weights(path, layers, _tensors(path, content if isinstance(content, dict) else {"doubt": content}))
    return layers.eval()


_KINDS = {
    "test_accuracy": (int, float, type(None)),
    "recipe": dict,
    "seed": (int, type(None)),
    "training_digits": (int, type(None)),
    "preprocessing": int,
    "versions": dict,
}


def _recognise(path: Path, tensors: dict[str, torch.Tensor]) -> tuple[Network, dict[str, torch.Tensor]]:
    """Find the network of the zoo whose layers have these weights, and give the tensors its names.

    Names and order of definition differ from script to script; the shapes of the layers' weights do not. Layers that
    share theirs (there are such in `five_conv` alone) are told apart by the order in which they were defined.
    """
    modules: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        owner, _, leaf = name.rpartition(".")
        modules.setdefault(owner, {})[leaf] = tensor
    found = _by_signature(modules.values())
    for architecture in ARCHITECTURES:
        network = build(architecture)
        names = [name for name, layer in network.named_children() if len(list(layer.parameters()))]
        wanted = _by_signature(network.get_submodule(name).state_dict() for name in names)
        if {key: len(same) for key, same in wanted.items()} == {key: len(same) for key, same in found.items()}:
            renamed = {}
            for name in names:
                leaves = found[_signature(network.get_submodule(name).state_dict())].pop(0)
                renamed |= {f"{name}.{leaf}": tensor for leaf, tensor in leaves.items()}
            return network, renamed
    shapes = ", ".join("×".join(map(str, tensor.shape)) for tensor in tensors.values() if tensor.ndim > 1)
    raise BadCheckpoint(
        f"{path} fits no network of the zoo ({', '.join(ARCHITECTURES)}). Its weights have the shapes {shapes or 'of no layer'}."
    )


def _by_signature(layers: Iterable[dict[str, torch.Tensor]]) -> dict[tuple, list[dict[str, torch.Tensor]]]:
    """Layers grouped by what their weights look like, each group in the order in which they come."""
    groups: dict[tuple, list[dict[str, torch.Tensor]]] = {}
    for leaves in layers:
        groups.setdefault(_signature(leaves), []).append(leaves)
    return groups


def _signature(leaves: dict[str, torch.Tensor]) -> tuple:
    """A layer's identity: the leaves that it has and their shapes. A counter of batches tells nothing."""
    return tuple(sorted((leaf, *tensor.shape) for leaf, tensor in leaves.items() if leaf != "num_batches_tracked"))


def load_weights(path: Path, network: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Load the tensors into the network, once each is known to have its shape and plain, finite numbers.

    Raises `BadCheckpoint`, which names the file.
    """
    wanted = network.state_dict()
    # Files from old PyTorch versions lack the batch counters of BatchNorm, which only training uses.
    missing = [name for name in wanted if name not in tensors and not name.endswith("num_batches_tracked")]
    unknown = [name for name in tensors if name not in wanted]
    if missing or unknown:
        raise BadCheckpoint(
            f"{path} does not fit its architecture: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}."
        )
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise BadCheckpoint(
                f"{path} does not fit its architecture: {name} is {list(tensor.shape)}, not {list(wanted[name].shape)}."
            )
        if tensor.layout != torch.strided or tensor.device.type != "cpu" or tensor.dtype not in PLAIN:
            raise BadCheckpoint(f"{path}: {name} is no plain tensor of real numbers.")
        if not torch.isfinite(tensor.to(wanted[name].dtype)).all():
            raise BadCheckpoint(f"{path}: {name} holds values that are not numbers (NaN or infinite).")
    network.load_state_dict(tensors, strict=False)
