"""What a network is worth, in numbers worked out by hand."""

import math

import pytest
import torch
from pictures import shipped
from torch.nn import functional as F

from digits.data.dataset import Digits
from digits.evaluation import metrics, report
from digits.networks import checkpoint
from digits.networks.calibration import Calibration

CALIBRATION = Calibration(1.7, 0.8)


def test_confusion_precision_and_recall_by_hand():
    labels, predictions = torch.tensor([3, 3, 3, 3, 5, 5]), torch.tensor([3, 3, 5, 8, 5, 3])
    matrix = metrics.confusion_matrix(predictions, labels)
    assert matrix.shape == (10, 10)
    assert {(a, b): int(matrix[a, b]) for a, b in matrix.nonzero().tolist()} == {
        (3, 3): 2,
        (3, 5): 1,
        (3, 8): 1,
        (5, 5): 1,
        (5, 3): 1,
    }
    precision, recall = metrics.precision(matrix), metrics.recall(matrix)
    assert precision[3] == pytest.approx(200 / 3)
    assert (precision[5], precision[8]) == (50, 0)
    assert (recall[3], recall[5]) == (50, 50)
    assert math.isnan(precision[0])
    assert math.isnan(recall[8])


def test_nll_is_the_mean_logarithm_of_what_the_right_digit_was_given():
    probabilities = torch.full((2, 10), 0.1)
    probabilities[0], probabilities[0, 4] = 0.5 / 9, 0.5
    expected = -(math.log(0.5) + math.log(0.1)) / 2
    assert metrics.nll(probabilities, torch.tensor([4, 0])) == pytest.approx(expected, abs=1e-6)
    answers = torch.randn(50, 10, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(50) % 10
    expected = F.cross_entropy(answers, labels).item()
    assert metrics.nll(answers.softmax(dim=1), labels) == pytest.approx(expected, abs=1e-5)
    assert math.isfinite(metrics.nll(torch.eye(10)[:1], torch.tensor([3])))  # given nothing at all


def test_ece_and_refusals_by_hand():
    # Four answers at 0.8, of which two are right, and one, wrong, at 0.55: (4·|0.8 − 0.5| + 0.55) / 5.
    predictions, labels = torch.tensor([1, 2, 3, 4, 5]), torch.tensor([1, 2, 0, 0, 0])
    claims = torch.tensor([0.8, 0.8, 0.8, 0.8, 0.55])
    probabilities = ((1 - claims) / 9)[:, None].repeat(1, 10).scatter(1, predictions[:, None], claims[:, None])
    test = Digits(torch.zeros(5, 28, 28, dtype=torch.uint8), labels)
    found = report.Evaluation(test, probabilities.log(), Calibration(1.0, 0.6), {"plain": 40.0}, {"a": 10.0, "b": 40.0})
    told = found.summary()
    assert told["ece"] == told["ece_before"] == 35.0
    assert told["digits_refused"] == 20
    assert told["mistakes_caught"] == 33.33
    assert told["outliers_mean"] == 25
    assert (told["accuracy"], told["mistakes"]) == (40, 3)
    assert sorted(found.worst(2)) == [2, 3]
    assert found.worst(40)[-1] == 4


def test_a_picture_without_ink_is_read_wrong(hundred):
    few = Digits(hundred.images[:20], hundred.labels[:20])  # ten 0s, ten 1s
    blank = few.images.clone()
    blank[:5] = 0
    network = checkpoint.load(shipped("two_conv"))[0]
    network.logits.bias.data[0] = 1e6  # whatever it sees, it is a 0
    trials = report.TestPictures(few, {"plain": few.images, "faint": blank}, {})
    found = report.evaluate(network, CALIBRATION, trials, lambda _: None)
    assert found.corruptions == {"plain": 50, "faint": 25}
