"""Checkpoints such as `mnist_model.pth`: a network's weights and their metadata.

The file is a dict with the tensors under `state_dict`, and strings, numbers and lists beside them. A bare state_dict
that another script saved is accepted too: the shapes of its tensors tell its architecture.
"""

import math
import pickle
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from digits.atomic_file import atomic_write
from digits.errors import BadCheckpoint, UnknownModel
from digits.networks import foreign_weights, ood_head
from digits.networks.architectures import ARCHITECTURES, Network, build
from digits.networks.calibration import UNCALIBRATED, Calibration
from digits.networks.ood_head import OODHead
from digits.paths import list_files

FORMAT = 1
STATE_SUFFIX = ".state.pth"  # of a training state, which lies beside its checkpoint
PREPROCESSING = 1  # version of digits/imaging/preprocessing.py that a network was trained with
MAX_UNPACKED_BYTES = 256 * 2**20  # the largest architecture takes 1.7 MB
MIN_TEMPERATURE = 1e-3  # logits divided by less overflow; networks have 0.5 to 2
NUMBER_TYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32)

_HOW_TO_SAVE = "Save the weights alone, as torch.save(model.state_dict(), …)."


@dataclass
class CheckpointMetadata:
    """Metadata of a network, beside its weights. What a foreign file does not tell is empty."""

    architecture: str
    test_accuracy: float | None = None  # percent of the 10,000 test digits
    calibration: Calibration = UNCALIBRATED
    ood_head: OODHead | None = None  # its layers, in evaluation mode
    recipe: dict[str, Any] = field(default_factory=dict)  # as `Recipe.to_dict` returns it
    seed: int | None = None
    training_digits: int | None = None
    preprocessing: int = PREPROCESSING
    versions: dict[str, str] = field(default_factory=dict)


def save(path: Path, network: nn.Module, metadata: CheckpointMetadata) -> None:
    """Writes a checkpoint, whole or not at all; raises OSError where the disk refuses it."""
    plain = {**asdict(replace(metadata, ood_head=None)), "calibration": metadata.calibration.to_dict()}
    del plain["ood_head"]
    weights = {"doubt": metadata.ood_head and _cpu_tensors(metadata.ood_head), "state_dict": _cpu_tensors(network)}
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        torch.save({"format": FORMAT, **plain, **weights}, temporary)


def _cpu_tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}


def load(path: Path) -> tuple[Network, CheckpointMetadata]:
    """Returns a network, in evaluation mode on the CPU, and its metadata.

    Code inside the file never runs (`weights_only=True`). Raises `BadCheckpoint`, which names the file, for one that is
    missing, damaged, foreign or hostile.
    """
    path = Path(path)
    content = read_tensors(path)
    if not isinstance(content, dict):
        raise BadCheckpoint(f"{path} holds a {type(content).__name__}, not a dict of weights. {_HOW_TO_SAVE}")
    tensors = _tensors(path, content)
    architecture = content.get("architecture")
    with torch.random.fork_rng(devices=[]):  # building draws weights, which must not disturb the caller's seed
        if isinstance(architecture, str) and architecture in ARCHITECTURES:
            network = build(architecture)
            metadata = _metadata(path, content)
            if "calibration" in content:
                metadata.calibration = _calibration(path, content["calibration"])
            metadata.ood_head = _ood_head(path, content.get("doubt"), network)
        else:
            network, tensors = foreign_weights.recognise(path, tensors)
            metadata = CheckpointMetadata(network.architecture)
    load_weights(path, network, tensors)
    return network.eval(), metadata


def list_checkpoints(folder: Path, add_shipped: bool = False) -> list[Path]:
    """Returns the checkpoints in a folder, sorted by name, without training states.

    add_shipped: for the folder `models` of the current folder, adds the networks that ship, as `list_files` does.
    """
    paths = list_files(folder, "*.pth") if add_shipped else sorted(folder.glob("*.pth"))
    return [path for path in paths if not path.name.endswith(STATE_SUFFIX)]


def read_tensors(path: Path, missing: str = "Train a network first: python train_mnist.py") -> Any:
    """Returns the content of a PyTorch file that holds plain values and tensors only.

    missing: advice for the case that the file does not exist. Raises `BadCheckpoint`, which names the file.
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
    except Exception as error:  # torch.load raises many kinds of errors for damaged bytes
        raise BadCheckpoint(f"{path} is no readable checkpoint: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _tensors(path: Path, content: dict) -> dict[str, torch.Tensor]:
    """Returns the tensors of a file by name, without wrappers and prefixes of other scripts."""
    tensors = {}
    for name, value in foreign_weights.unwrap(content).items():
        if not isinstance(value, torch.Tensor) or not isinstance(name, str):
            raise BadCheckpoint(f"{path} holds {name!r}, which is not a tensor. {_HOW_TO_SAVE}")
        tensors[foreign_weights.strip_prefixes(name)] = value
    if not tensors:
        raise BadCheckpoint(f"{path} holds no weights.")
    return tensors


_FIELD_TYPES = {
    "test_accuracy": (int, float, type(None)),
    "recipe": dict,
    "seed": (int, type(None)),
    "training_digits": (int, type(None)),
    "preprocessing": int,
    "versions": dict,
}


def _metadata(path: Path, content: dict) -> CheckpointMetadata:
    names = {*CheckpointMetadata.__dataclass_fields__} - {"ood_head"}
    metadata = CheckpointMetadata(**{name: content[name] for name in names if name in content})
    for name, types in _FIELD_TYPES.items():
        if not isinstance(getattr(metadata, name), types):
            raise BadCheckpoint(f"{path}: {name} is {getattr(metadata, name)!r}, which it cannot be.")
    if metadata.test_accuracy is not None and not 0 <= metadata.test_accuracy <= 100:
        raise BadCheckpoint(f"{path}: test_accuracy is {metadata.test_accuracy}, not a percentage.")
    if metadata.preprocessing != PREPROCESSING:
        raise BadCheckpoint(
            f"{path} was trained with version {metadata.preprocessing} of the preprocessing; this is version "
            f"{PREPROCESSING}. Train it again with this version."
        )
    return metadata


def _calibration(path: Path, content: Any) -> Calibration:
    try:
        stored = Calibration.from_dict(content)
        numbers = (stored.temperature, stored.confidence_threshold, stored.in_distribution_threshold)
        calibration = Calibration(*map(float, numbers))
        if calibration.temperature >= MIN_TEMPERATURE and all(map(math.isfinite, vars(calibration).values())):
            return calibration
    except (AttributeError, TypeError, ValueError, RuntimeError, OverflowError):
        pass
    raise BadCheckpoint(f"{path}: its calibration is not one of a network.")


def _ood_head(path: Path, content: Any, network: Network) -> OODHead | None:
    if content is None:
        return None
    try:
        head = ood_head.build(network)
    except UnknownModel as error:
        raise BadCheckpoint(f"{path}: {error}") from error
    load_weights(path, head, _tensors(path, content if isinstance(content, dict) else {"doubt": content}))
    return head.eval()


def load_weights(path: Path, network: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Loads tensors into a network, after checking their names, shapes, types and values.

    Raises `BadCheckpoint`, which names the file.
    """
    expected = network.state_dict()
    # Files from old PyTorch versions lack BatchNorm's batch counters, which only training uses.
    missing = [name for name in expected if name not in tensors and not name.endswith("num_batches_tracked")]
    unknown = [name for name in tensors if name not in expected]
    if missing or unknown:
        raise BadCheckpoint(
            f"{path} does not fit its architecture: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}."
        )
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape:
            raise BadCheckpoint(
                f"{path} does not fit its architecture: {name} is {list(tensor.shape)}, not "
                f"{list(expected[name].shape)}."
            )
        if tensor.layout != torch.strided or tensor.device.type != "cpu" or tensor.dtype not in NUMBER_TYPES:
            raise BadCheckpoint(f"{path}: {name} is no plain tensor of real numbers.")
        if not torch.isfinite(tensor.to(expected[name].dtype)).all():
            raise BadCheckpoint(f"{path}: {name} holds values that are not numbers (NaN or infinite).")
    network.load_state_dict(tensors, strict=False)
