"""The OOD head: the in-distribution logit, beside ten logits that stay as they are."""

import pytest
import torch

from digits.errors import UnknownModel
from digits.networks import fused_inference, ood_head
from digits.networks import layers as inspection
from digits.networks.architectures import ARCHITECTURES, build
from digits.networks.calibration import in_distribution_logit

FORKED = [name for name in ARCHITECTURES if name != "mlp"]


@pytest.fixture
def batch():
    return torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(3))


def with_ood_head(name, batch):
    """A network and its OOD head, with BatchNorm statistics that are not the trivial ones."""
    network = build(name)
    layers = ood_head.build(network)
    whole = ood_head.attach_ood_head(network, layers)
    whole(batch)
    whole.eval()
    return network, layers, whole


def found(network, batch):
    """Inputs of the OOD head: the outputs of the second pooling, and of the layer before the last."""
    answered = {name: answer for name, _, answer in inspection.layer_activations(network, batch)}
    *_, features, _, _ = answered.values()
    return answered["pool2"], features


@pytest.mark.parametrize("name", FORKED)
@torch.inference_mode()
def test_the_ten_logits_stay_and_the_odds_are_those_of_the_ood_heads_own_layers(name, batch):
    network, layers, whole = with_ood_head(name, batch)
    answers, opinion = whole(batch), layers(found(network, batch))
    assert torch.equal(answers[:, :10], network(batch))
    strange = opinion.double().softmax(dim=1)[:, 10]
    assert strange.std() > 0
    torch.testing.assert_close(in_distribution_logit(answers).double(), -strange.logit(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("name", ARCHITECTURES)
@torch.inference_mode()
def test_in_fewer_steps_it_is_the_same_function(name, count, batch):
    if name in FORKED:
        network, _, whole = with_ood_head(name, batch)
    else:
        network = build(name).eval()
        whole = ood_head.attach_ood_head(network, None).eval()
    quick, some = fused_inference.FusedClassifier(whole), batch[:count]
    torch.testing.assert_close(quick(some), whole(some), rtol=0, atol=1e-5)
    (*_, (_, _, features), _, _) = inspection.layer_activations(network, some)
    torch.testing.assert_close(quick.features(some), features, rtol=0, atol=1e-5)


@torch.inference_mode()
def test_one_digit_that_is_out_of_the_question_spoils_no_odds(batch):
    network, layers, whole = with_ood_head("five_conv", batch)
    layers.logits.bias[0] = -1e8
    opinion = layers(found(network, batch)).double()
    expected = opinion[:, :10].logsumexp(dim=1) - opinion[:, 10]
    torch.testing.assert_close(in_distribution_logit(whole(batch)).double(), expected, rtol=1e-4, atol=1e-4)


def test_making_it_quick_draws_no_random_numbers(batch):
    _, _, whole = with_ood_head("five_conv", batch)
    state = torch.get_rng_state()
    fused_inference.FusedClassifier(whole)
    assert torch.equal(torch.get_rng_state(), state)  # nobody's seed should notice


@torch.inference_mode()
def test_without_an_ood_head_there_are_ten_logits(batch):
    network = build("five_conv").eval()
    assert torch.equal(ood_head.attach_ood_head(network, None)(batch), network(batch))


def test_making_them_leaves_the_network_as_it_was():
    network = build("five_conv").train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    ood_head.build(network)
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_network_without_a_second_pooling_has_no_place_for_them():
    with pytest.raises(UnknownModel, match="pool2"):
        ood_head.build(build("mlp"))
