"""Muon, made to fit convolutions."""

import copy

import pytest
import torch
from torch.nn import functional as F

from digits.networks.architectures import build
from digits.training.optimizers import Muon


def changed(network, before):
    return {name: value.detach() - before[name] for name, value in network.named_parameters()}


def learnt(network, optimizer, steps=1):
    torch.manual_seed(8)
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    for _ in range(steps):
        optimizer.zero_grad()
        F.cross_entropy(network(torch.rand(32, 1, 28, 28)), torch.randint(10, (32,))).backward()
        optimizer.step()
    return changed(network, before)


def test_each_convolution_moves_by_an_orthogonal_matrix():
    network = build("five_conv").to(memory_format=torch.channels_last)
    moved = learnt(network, Muon(network, 1e-3, 0.0))
    for name, change in moved.items():
        if change.ndim == 4:
            matrix = change.flatten(1)  # the order of the columns changes no singular value
            lengths = torch.linalg.svdvals(matrix) / (0.2 * max(matrix.shape) ** 0.5 * 1e-3)
            # Five steps of Newton and Schulz bring nearly all to 0.7–1.2; what was almost nothing stays shorter.
            assert lengths.max() < 1.3
            assert lengths.median() == pytest.approx(1, abs=0.3), name


def test_the_rest_moves_as_by_adamw_and_a_hidden_layer_as_by_pytorchs_muon():
    torch.manual_seed(1)
    network = build("mlp")
    one, other = copy.deepcopy(network), copy.deepcopy(network)
    hidden, *_ = [name for name, part in network.named_parameters() if part.ndim == 2]
    by_ours = learnt(network, Muon(network, 1e-3, 0.03))
    by_adamw = learnt(one, torch.optim.AdamW(one.parameters(), lr=1e-3, weight_decay=0.03))
    matrix = dict(other.named_parameters())[hidden]
    by_muon = learnt(other, torch.optim.Muon([matrix], 1e-3, 0.03, adjust_lr_fn="match_rms_adamw"))
    for name, change in by_ours.items():
        if name == hidden:
            assert torch.equal(change, by_muon[name])
        elif change.ndim == 2:
            assert torch.equal(change, by_adamw[name])
