"""Damaged, foreign and hostile files of weights: each one is named in one plain error, and none runs code."""

import math
import pickle
import zipfile
from dataclasses import asdict
from pathlib import Path

import foreign
import pytest
import torch

from digits.errors import BadCheckpoint
from digits.networks import checkpoint, ood_head
from digits.networks.architectures import build
from digits.networks.checkpoint import CheckpointMetadata


class Evil:
    """A pickle that writes a file when it is opened."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.write_text, (self.trace, "code ran")


def refused(path) -> str:
    with pytest.raises(BadCheckpoint) as caught:
        checkpoint.load(path)
    assert path.name in str(caught.value)
    assert len(str(caught.value)) > len(str(path)) + 15  # and says what is wrong
    return str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "suspicious.pth"


@pytest.fixture
def good(path):
    """The content of a good file of ours, to be spoilt."""
    network = build("mlp")
    return {"format": 1, **asdict(CheckpointMetadata("mlp")), "state_dict": dict(network.state_dict())}


@pytest.mark.parametrize("form", ["pickle", "torch", "legacy torch", "beside good weights"])
def test_code_in_a_file_does_not_run(form, path, tmp_path, good):
    trace = tmp_path / "trace"
    if form == "pickle":
        path.write_bytes(pickle.dumps(Evil(trace)))
    elif form == "beside good weights":
        torch.save({**good, "recipe": Evil(trace)}, path)
    else:
        torch.save({"state_dict": Evil(trace)}, path, _use_new_zipfile_serialization=form == "torch")
    refused(path)
    assert not trace.exists()


def test_a_whole_pickled_model_is_refused_with_advice(path):
    torch.save(foreign.make("two_conv"), path)
    assert "state_dict()" in refused(path)


@pytest.mark.parametrize("keep", [0, 1, 100, 0.3, 0.9, -1])
@pytest.mark.parametrize("new", [True, False])
def test_a_truncated_file_is_refused(keep, new, path, good):
    torch.save(good, path, _use_new_zipfile_serialization=new)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content)) if isinstance(keep, float) else keep])
    refused(path)


@pytest.mark.parametrize(
    "content", [b"hello, I am a text file\n" * 9, bytes(4096), b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"]
)
def test_a_file_of_something_else_is_refused(content, path):
    path.write_bytes(content)
    refused(path)


def test_a_zip_of_something_else_is_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("holiday.txt", "sun")
    refused(path)


def test_a_missing_file_and_a_folder_are_refused(path):
    refused(path)
    path.mkdir()
    refused(path)


def test_a_zip_bomb_is_refused(path):
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("archive/data/0", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(2**20))
    assert path.stat().st_size < 2_000_000
    assert "MB" in refused(path)


@pytest.mark.parametrize("kind", [float("nan"), float("inf")])
def test_weights_that_are_not_numbers_are_refused(kind, path, good):
    good["state_dict"]["logits.weight"][3, 5] = kind
    torch.save(good, path)
    refused(path)
    torch.save(good["state_dict"], path)
    refused(path)


@pytest.mark.filterwarnings("ignore")  # a warning of PyTorch's is no refusal
@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state.update({"fc1.weight": torch.zeros(128, 100)}),
        lambda state: state.update({"fc1.weight": torch.zeros(1).expand(10**15)}),  # a petabyte, if anyone touched it
        lambda state: state.update({"fc1.weight": torch.zeros(128, 784).to_sparse()}),
        lambda state: state.update({"fc1.weight": torch.zeros(128, 784, device="meta")}),
        lambda state: state.update({"fc1.weight": torch.zeros(128, 784, dtype=torch.complex64)}),
        lambda state: state.update({"fc1.bias": torch.zeros(128, dtype=torch.uint8).view(torch.bits8)}),
        lambda state: state.update({"fc1.bias": torch.full((128,), 1e300, dtype=torch.float64)}),
        lambda state: state.update({"fc2.weight": state.pop("fc1.weight")}),
        lambda state: state.update({"extra.weight": torch.zeros(3)}),
        lambda state: state.update({"fc1.bias": [0.0] * 128}),
        lambda state: state.update({3: torch.zeros(3)}),
        lambda state: state.pop("logits.bias"),
        lambda state: state.clear(),
    ],
    ids=[
        "shape",
        "petabyte",
        "sparse",
        "meta",
        "complex",
        "bits",
        "large",
        "name",
        "one more",
        "list",
        "number",
        "one less",
        "empty",
    ],
)
def test_weights_that_do_not_fit_are_refused(spoil, path, good):
    spoil(good["state_dict"])
    torch.save(good, path)
    refused(path)


def test_an_unknown_network_is_refused_with_the_shapes_it_has(path):
    torch.save({"a.weight": torch.zeros(7, 784), "a.bias": torch.zeros(7)}, path)
    message = refused(path)
    assert "7×784" in message
    assert "three_block" in message


def test_two_copies_of_a_layer_are_no_known_network(path):
    module = foreign.make("two_conv")
    state = module.state_dict()
    state.update({"c2_again.weight": state["c2.weight"], "c2_again.bias": state["c2.bias"]})
    torch.save(state, path)
    refused(path)


@pytest.mark.parametrize("content", [[1, 2], "weights", 7, None, torch.zeros(3), {}, {"state_dict": {}}, {"epoch": 3}])
def test_content_that_holds_no_weights_is_refused(content, path):
    torch.save(content, path)
    refused(path)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("test_accuracy", "very good"),
        ("test_accuracy", float("nan")),
        ("test_accuracy", torch.ones(2)),
        ("calibration", 1.1),
        ("calibration", {"temperature": "warm"}),
        ("calibration", {"temperature": 0.0, "clear": 0.5}),
        ("calibration", {"temperature": 1.1, "clear": float("nan")}),
        ("calibration", {"clear": torch.ones(2)}),
        ("calibration", {"none": 129 * (0.5,)}),
        ("doubt", 3),
        ("doubt", {}),
        ("doubt", {"own.0.weight": torch.ones(2)}),
        ("calibration", {"clear": "half"}),
        ("calibration", {"temperature": 10**400}),
        ("calibration", {"temperature": 1e-300}),
        ("recipe", ["adam", 3]),
        ("recipe", None),
        ("seed", "one"),
        ("training_digits", "many"),
        ("preprocessing", 2),
        ("preprocessing", torch.ones(2)),
        ("versions", 2.14),
        ("architecture", "resnet50"),
        ("architecture", 7),
    ],
)
def test_metadata_of_the_wrong_kind_is_refused(fact, value, path, good):
    if fact == "architecture":  # then the shapes decide, and these fit nothing
        good["state_dict"]["fc1.weight"] = torch.zeros(3, 3)
    torch.save({**good, fact: value}, path)
    refused(path)


def test_a_calibration_in_words_is_one_in_numbers(path, good):
    words = {"temperature": "1.5", "clear": "0.5", "familiar": "0"}
    torch.save({**good, "calibration": words}, path)
    found = checkpoint.load(path)[1].calibration
    assert (found.temperature, found.confidence_threshold, found.in_distribution_threshold) == (1.5, 0.5, 0.0)


@pytest.mark.parametrize(
    "spoil", [{"own.0.weight": torch.full((64, 64, 3, 3), math.nan)}, {"own.0.weight": torch.ones(3)}, {}]
)
def test_an_ood_head_that_does_not_fit_is_refused(spoil, path):
    network = build("five_conv")
    layers = ood_head.build(network)
    checkpoint.save(path, network, CheckpointMetadata("five_conv", ood_head=layers))
    content = torch.load(path, weights_only=True)
    content["doubt"] = {**content["doubt"], **spoil} if spoil else {"own.0.weight": content["doubt"]["own.0.weight"]}
    torch.save(content, path)
    refused(path)


def test_nobody_needs_metadata_beside_the_architecture(path, good):
    torch.save({"architecture": "mlp", "state_dict": good["state_dict"]}, path)
    network, metadata = checkpoint.load(path)
    assert network.architecture == "mlp"
    assert metadata.test_accuracy is None
