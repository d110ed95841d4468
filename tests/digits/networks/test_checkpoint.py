"""Files of weights: our own, whole or not at all; other people's, recognised."""

from dataclasses import replace

import foreign
import pytest
import torch
from torch import nn

from digits.errors import BadCheckpoint
from digits.networks import checkpoint, ood_head
from digits.networks.architectures import build
from digits.networks.calibration import Calibration
from digits.networks.checkpoint import CheckpointMetadata

METADATA = CheckpointMetadata(
    architecture="three_block",
    test_accuracy=99.41,
    calibration=Calibration(temperature=1.25, confidence_threshold=0.625),
    recipe={"epochs": 3, "batch_size": 64, "optimizer": "adam", "lr": 0.001, "schedule": "cosine", "augment": "light"},
    seed=5,
    training_digits=55_000,
    versions={"torch": "2.14.0"},
)
each_network = pytest.mark.parametrize("name", foreign.MAKERS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mnist_model.pth"


@pytest.fixture
def batch():
    return torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(3))


def same_answers(path, name, module, batch, tolerance=1e-4):
    """The file loads as the network `name` and answers as `module` does; that one is normalised by its caller."""
    network, metadata = checkpoint.load(path)
    assert metadata.architecture == network.architecture == name
    assert not network.training
    with torch.inference_mode():
        expected = module(batch)
        assert expected.std() > 0.01
        torch.testing.assert_close(network(batch * 0.3081 + 0.1307), expected, rtol=0, atol=tolerance)


@each_network
def test_weights_and_metadata_come_back_as_they_were_saved(name, path):
    network = build(name)
    metadata = replace(METADATA, architecture=name)
    checkpoint.save(path, network, metadata)
    loaded, found = checkpoint.load(path)
    assert found == metadata
    assert loaded.architecture == name
    assert all(torch.equal(value, loaded.state_dict()[key]) for key, value in network.state_dict().items())


def test_the_ood_head_comes_back_as_it_was_saved(path, batch):
    network = build("three_block")
    layers = ood_head.build(network)
    whole = ood_head.attach_ood_head(network, layers)
    whole(batch)  # in training mode: BatchNorm learns statistics that are not the trivial ones
    whole.eval()
    checkpoint.save(path, network, replace(METADATA, calibration=Calibration(1.1, 0.7, 0.3), ood_head=layers))
    loaded, metadata = checkpoint.load(path)
    assert metadata.calibration == Calibration(1.1, 0.7, 0.3)
    with torch.inference_mode():
        answers = whole(batch)
        assert answers.shape == (6, 11)
        assert torch.equal(ood_head.attach_ood_head(loaded, metadata.ood_head)(batch), answers)
        assert torch.equal(loaded(batch), answers[:, :10])


def test_a_saved_file_is_plain_data_with_the_tensors_under_state_dict(path):
    network = build("mlp")
    checkpoint.save(path, network, METADATA)
    content = torch.load(path, weights_only=True)
    assert content["state_dict"].keys() == network.state_dict().keys()
    assert content["test_accuracy"] == 99.41


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    def full_disk(_content, file):
        file.write_bytes(b"half of it")
        raise OSError("No space left on device")

    checkpoint.save(path, build("mlp"), METADATA)
    before = path.read_bytes()
    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        checkpoint.save(path, build("mlp"), METADATA)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@each_network
def test_a_bare_state_dict_of_somebodys_script_is_recognised(name, path, batch):
    module = foreign.make(name)
    torch.save(module.state_dict(), path)
    same_answers(path, name, module, batch)


def test_a_sequential_without_names_is_recognised(path, batch):
    module = foreign.make("three_block", sequential=True)
    torch.save(module.state_dict(), path)
    same_answers(path, "three_block", module, batch)


@each_network
@pytest.mark.parametrize("wrapper", ["DataParallel", "compile", "both"])
def test_prefixes_of_wrapping_modules_are_passed_over(name, wrapper, path, batch):
    module = foreign.make(name)
    prefix = {"DataParallel": "module.", "compile": "_orig_mod.", "both": "_orig_mod.module."}[wrapper]
    state = nn.DataParallel(module).state_dict() if wrapper == "DataParallel" else {
        prefix + key: value for key, value in module.state_dict().items()
    }  # fmt: skip
    torch.save(state, path)
    same_answers(path, name, module, batch)


@each_network
@pytest.mark.parametrize("key", ["state_dict", "model_state_dict", "model"])
def test_a_training_scripts_checkpoint_around_the_weights_is_opened(name, key, path, batch):
    module = foreign.make(name)
    optimizer = torch.optim.Adam(module.parameters())
    torch.save(
        {"epoch": 4, key: module.state_dict(), "optimizer_state_dict": optimizer.state_dict(), "loss": 0.1}, path
    )
    same_answers(path, name, module, batch)


@each_network
@pytest.mark.parametrize(("kind", "tolerance"), [(torch.float64, 1e-4), (torch.float16, 0.1)])
def test_other_precisions_are_taken(name, kind, tolerance, path, batch):
    module = foreign.make(name)
    torch.save({key: value.to(kind) for key, value in module.state_dict().items()}, path)
    same_answers(path, name, module, batch, tolerance)


def test_files_of_old_pytorch_versions_are_taken(path, batch):
    module = foreign.make("three_block")
    state = {key: value for key, value in module.state_dict().items() if "num_batches" not in key}
    torch.save(state, path, _use_new_zipfile_serialization=False)
    same_answers(path, "three_block", module, batch)


def test_weights_saved_as_parameters_are_taken(path, batch):
    module = foreign.make("two_conv")
    torch.save(module.state_dict(keep_vars=True), path)
    same_answers(path, "two_conv", module, batch)


def test_an_error_says_how_to_train_where_there_is_no_file(path):
    with pytest.raises(BadCheckpoint, match=r"train_mnist\.py"):
        checkpoint.load(path)


def test_loading_leaves_the_random_state_alone(path):
    checkpoint.save(path, build("three_block"), METADATA)
    before = torch.get_rng_state()
    checkpoint.load(path)
    assert torch.equal(torch.get_rng_state(), before)
