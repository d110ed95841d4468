"""Fused inference: the same function in fewer steps, and the private operators of PyTorch that it uses."""

import pytest
import torch
from torch import nn

from digits.networks import fused_inference, onednn
from digits.networks.architectures import ARCHITECTURES, build

each_network = pytest.mark.parametrize("name", ARCHITECTURES)


@pytest.fixture
def batch():
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(3))


def test_pytorch_still_has_the_private_operators():
    assert not onednn.missing_private_names(), (
        f"PyTorch {torch.__version__} no longer has {onednn.missing_private_names()}. Batches are convolved by "
        "torch.conv2d instead, more slowly. Find the new names, or delete digits/networks/onednn.py."
    )


@pytest.mark.parametrize(("count", "packing"), [(1, True), (4, True), (4, False)])
@each_network
def test_the_fused_network_is_the_same_function(name, count, packing, batch, monkeypatch):
    monkeypatch.setattr(onednn, "AVAILABLE", packing and onednn.AVAILABLE)  # not every processor has oneDNN
    network = build(name)
    network(batch)  # in training mode: BatchNorm gets statistics that are not the trivial ones
    network.eval()
    with torch.inference_mode():
        assert torch.allclose(fused_inference.fuse(network)(batch[:count]), network(batch[:count]), atol=1e-5)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "how",
    [
        {"kernel_size": (3, 5), "padding": (2, 1)},
        {"kernel_size": 3, "stride": 2},
        {"kernel_size": 3, "dilation": 2},
        {"kernel_size": 3, "groups": 2},
        {"kernel_size": 3, "padding": "same"},
        {"kernel_size": 3, "padding": 1, "padding_mode": "circular"},
        {"kernel_size": 3, "bias": False},
    ],
    ids=str,
)
def test_a_convolution_of_any_kind_stays_what_it_is(how, count):
    convolution = nn.Conv2d(4, 6, **how).eval()
    batch = torch.rand(count, 4, 9, 11, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        output = fused_inference.fuse(nn.Sequential(convolution))(batch)
        torch.testing.assert_close(output, convolution(batch), rtol=0, atol=1e-5)
