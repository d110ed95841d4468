"""How sure a network may be: temperature, bound, reliability."""

import pytest
import torch

from digits.evaluation.metrics import BINS, reliability
from digits.networks.calibration import (
    LOW_CONFIDENCE_RATE,
    OOD_FALSE_POSITIVE_RATE,
    UNCALIBRATED,
    Calibration,
    fit_calibration,
    fit_temperature,
)


@pytest.fixture(scope="module")
def honest():
    """20,000 logits whose softmax is exactly how often each label is right."""
    generator = torch.Generator().manual_seed(4)
    logits = 2 * torch.randn(20_000, 10, generator=generator)
    return logits, torch.multinomial(logits.softmax(dim=1), 1, generator=generator)[:, 0]


@pytest.mark.parametrize("factor", [0.4, 1, 3])
def test_the_temperature_undoes_what_made_a_network_too_sure_or_too_shy(factor, honest):
    logits, labels = honest
    assert fit_temperature(factor * logits, labels) == pytest.approx(factor, rel=0.03)


def test_calibrated_probabilities_claim_what_is_right(honest):
    logits, labels = honest
    calibration = fit_calibration(3 * logits, labels)
    before = reliability((3 * logits).softmax(dim=1), labels).ece
    after = reliability(calibration.probabilities(3 * logits), labels).ece
    assert after < 1.5 < 10 < before
    assert torch.equal(calibration.probabilities(logits).argmax(dim=1), logits.argmax(dim=1))


def refused(sure):
    return (~sure).float().mean().item()


def test_the_bounds_refuse_the_shares_that_they_were_made_for(honest):
    logits, labels = honest
    in_distribution = torch.randn(len(logits), 1, generator=torch.Generator().manual_seed(2))
    eleven = torch.cat([logits, in_distribution], dim=1)
    both = fit_calibration(eleven, labels)
    clear = both.is_confident(both.probabilities(eleven))
    assert refused(clear) == pytest.approx(LOW_CONFIDENCE_RATE, abs=1e-3)
    assert refused(both.is_in_distribution(eleven)) == pytest.approx(OOD_FALSE_POSITIVE_RATE, abs=1e-3)
    assert torch.equal(both.is_sure(eleven), clear & both.is_in_distribution(eleven))


def test_without_an_ood_head_sure_means_ninety_percent(honest):
    logits, labels = honest
    calibration = fit_calibration(3 * logits, labels)
    largest = calibration.probabilities(3 * logits).amax(dim=1)
    assert torch.equal(calibration.is_sure(3 * logits), largest >= 0.9)
    assert calibration.is_in_distribution(logits).all()


def test_what_is_no_digit_changes_no_probability(honest):
    logits, labels = honest
    eleven = torch.cat([logits, torch.full((len(logits), 1), 5.0)], dim=1)
    assert torch.equal(
        fit_calibration(eleven, labels).probabilities(eleven), fit_calibration(logits, labels).probabilities(logits)
    )


def test_without_calibration_softmax_is_taken_at_its_word():
    logits = torch.tensor([[3.0] + 9 * [0.0], [6.0] + 9 * [0.0]])
    assert torch.equal(UNCALIBRATED.probabilities(logits), logits.softmax(dim=1))
    assert UNCALIBRATED.is_sure(logits).tolist() == [False, True]  # 0.69 and 0.98


def test_a_prediction_is_sure_if_it_is_confident_and_in_distribution():
    calibration = Calibration(confidence_threshold=0.6, in_distribution_threshold=2.0)
    clear, torn = [9.0] + 9 * [0.0], [9.0, 9.0] + 8 * [0.0]
    answers = torch.tensor([[*clear, 9.0], [*clear, 1.0], [*torn, 9.0], [*torn, 1.0]])
    assert calibration.is_sure(answers).tolist() == [True, False, False, False]
    assert calibration.is_in_distribution(answers).tolist() == [True, False, True, False]


def test_the_calibration_error_is_the_mean_gap_between_claim_and_truth():
    def answer(share):
        return [share] + 9 * [(1 - share) / 9]

    # Four answers of 0.9, of which half are right: a gap of 0.4. One of 0.5 that is right: a gap of 0.5.
    probabilities = torch.tensor([*(4 * [answer(0.9)]), answer(0.5)])
    found = reliability(probabilities, torch.tensor([0, 0, 1, 2, 0]))
    assert found.ece == pytest.approx(100 * (4 * 0.4 + 0.5) / 5)
    assert (sum(found.count), len(found.count)) == (5, BINS)
    place = int(0.9 * BINS)
    assert (found.count[place], found.accuracy[place]) == (4, 0.5)
    assert found.confidence[place] == pytest.approx(0.9)
