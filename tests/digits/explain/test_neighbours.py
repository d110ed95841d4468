"""The training digits nearest to a drawing, compared with all distances."""

import numpy as np
import pytest
import torch
from pictures import shipped

from digits.data import bundled
from digits.data.dataset import Digits
from digits.explain import neighbours
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier


@pytest.fixture(scope="module")
def digits():
    return bundled.load()


def result(generator):
    """Returns the result of a generator."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("name", ["four_conv_tiny", "mlp", "five_conv"])
def test_the_nearest_have_the_smallest_distances(name, digits, ten):
    classifier = DigitClassifier.from_checkpoint(shipped(name))
    some = Digits(digits.train.images[:300], digits.train.labels[:300])
    found = result(neighbours.compute_features(classifier, some))
    inputs = []  # the oracle: what the last layer itself is given, and the distances between all of that
    classifier.network.logits.register_forward_hook(lambda layer, given, answer: inputs.append(given[0]))
    image = ten[4].astype(np.float32) / 255
    with torch.inference_mode():
        classifier.network(some.batch(slice(None)))
        classifier.network(torch.from_numpy(image)[None, None])
    all_of_them, one = (torch.nn.functional.normalize(given) for given in inputs)
    distances = torch.cdist(one, all_of_them)[0]  # of rows of length 1: their square is 2 − 2 · cosine
    indices, cosines = found.nearest(classifier.features(image), 20)
    assert cosines == pytest.approx((1 - distances[indices] ** 2 / 2).tolist(), abs=1e-4)
    assert cosines == sorted(cosines, reverse=True)
    assert sorted(distances[indices].tolist()) == pytest.approx(distances.sort().values[:20].tolist(), abs=1e-3)
    assert found.features.shape == (300, all_of_them.shape[1])
    assert sum(found.votes(indices)) == 20


def test_the_compared_layer_is_the_last_hidden_one():
    names = {name: neighbours.feature_layer(DigitClassifier.from_checkpoint(shipped(name))) for name in ARCHITECTURES}
    assert names["mlp"] == "relu1"
    assert names["five_conv"] == "flatten"
    assert names["three_block"] == "relu4"
