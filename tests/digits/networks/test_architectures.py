"""Architectures, layer for layer."""

import pytest
import torch
from torch import nn

from digits.errors import UnknownModel
from digits.networks.architectures import ARCHITECTURES, build, swap_relu_and_pool
from digits.networks.layers import describe, layer_activations

PARAMETERS = {
    "five_conv": 283_242,
    "mlp": 101_770,
    "two_conv": 206_922,
    "two_conv_valid": 124_670,
    "four_conv_tiny": 16_614,
    "three_block": 390_858,
    "two_conv_dropout": 421_642,
}
TWO_CONV = "conv1 relu1 pool1 conv2 relu2 pool2 flatten fc1 relu3 logits probabilities"
LAYERS = {
    "five_conv": "conv1 batchnorm1 relu1 pool1 conv2 batchnorm2 relu2 conv3 batchnorm3 relu3 pool2 "
    "conv4 batchnorm4 relu4 conv5 batchnorm5 relu5 pool3 flatten dropout logits probabilities",
    "mlp": "flatten fc1 relu1 logits probabilities",
    "two_conv": TWO_CONV,
    "two_conv_valid": TWO_CONV,
    "four_conv_tiny": "conv1 relu1 conv2 relu2 pool1 conv3 relu3 conv4 relu4 pool2 "
    "flatten fc1 relu5 logits probabilities",
    "three_block": "conv1 batchnorm1 relu1 pool1 conv2 batchnorm2 relu2 pool2 conv3 batchnorm3 relu3 pool3 "
    "flatten fc1 relu4 dropout logits probabilities",
    "two_conv_dropout": "conv1 relu1 pool1 conv2 relu2 pool2 flatten fc1 relu3 dropout logits probabilities",
}
SHAPES = {  # where the sizes change
    "five_conv": {
        "conv1": (32, 24, 24),
        "pool1": (32, 12, 12),
        "conv3": (64, 8, 8),
        "conv5": (128, 4, 4),
        "flatten": (512,),
    },
    "mlp": {"flatten": (784,), "fc1": (128,)},
    "two_conv": {"conv1": (16, 28, 28), "pool1": (16, 14, 14), "conv2": (32, 14, 14), "pool2": (32, 7, 7)},
    "two_conv_valid": {"conv1": (24, 26, 26), "pool1": (24, 13, 13), "conv2": (36, 11, 11), "pool2": (36, 5, 5)},
    "four_conv_tiny": {"conv1": (4, 26, 26), "pool1": (8, 12, 12), "conv4": (32, 8, 8), "fc1": (20,)},
    "three_block": {"batchnorm1": (32, 28, 28), "pool2": (64, 7, 7), "pool3": (128, 3, 3), "flatten": (1152,)},
    "two_conv_dropout": {"conv1": (32, 28, 28), "pool2": (64, 7, 7), "flatten": (3136,), "dropout": (128,)},
}
each_network = pytest.mark.parametrize("name", PARAMETERS)


@pytest.fixture
def batch():
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(3))


def test_every_architecture_is_tested_here():
    assert set(ARCHITECTURES) == set(PARAMETERS)


@each_network
def test_parameters_are_counted_exactly(name):
    network = build(name)
    assert network.parameter_count == PARAMETERS[name]
    assert sum(layer.parameters for layer in describe(network)) == PARAMETERS[name]


@each_network
def test_layers_have_the_agreed_names_and_shapes(name):
    layers = {layer.name: layer for layer in describe(build(name))}
    assert " ".join(layers) == LAYERS[name]
    for layer, shape in {**SHAPES[name], "logits": (10,), "probabilities": (10,)}.items():
        assert layers[layer].shape == shape


@each_network
def test_normalisation_is_the_first_layer(name, batch):
    from torchvision.transforms import Normalize as TorchvisionNormalize  # two seconds: not while tests are collected

    network = build(name).eval()
    rest = nn.Sequential(*list(network)[1:])
    normalized = TorchvisionNormalize((0.1307,), (0.3081,))(batch)
    torch.testing.assert_close(network(batch), rest(normalized), rtol=0, atol=1e-5)
    assert not torch.allclose(network(batch), rest(batch))


@each_network
def test_the_answers_of_layers_are_those_that_pytorch_hooks_see(name, batch):
    network, seen = build(name).eval(), {}
    for layer, module in network.named_children():
        module.register_forward_hook(lambda _module, _given, value, layer=layer: seen.update({layer: value.clone()}))
    with torch.inference_mode():
        expected = torch.softmax(network(batch), dim=1)
        hooked = dict(seen)
        told = {layer: value for layer, _kind, value in layer_activations(network, batch)}
    assert torch.equal(told.pop("probabilities"), expected)
    assert list(told) == [layer for layer in hooked if layer != "normalize"]
    for layer, value in told.items():
        assert torch.equal(value, hooked[layer]), layer


def test_describing_a_network_does_not_change_it():
    network = build("three_block").train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    describe(network)
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_an_unknown_network_is_refused_with_the_known_names():
    with pytest.raises(UnknownModel) as caught:
        build("resnet")
    assert "resnet" in str(caught.value)
    assert all(name in str(caught.value) for name in PARAMETERS)


@each_network
def test_pooling_first_changes_neither_answers_nor_gradients(name, batch):
    network = build(name)
    gradients = []
    for order in (network, swap_relu_and_pool(network)):
        torch.manual_seed(3)  # dropout
        network.zero_grad()
        order(batch).square().sum().backward()
        gradients.append([parameter.grad.clone() for parameter in network.parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))
