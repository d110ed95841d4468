"""Pictures that are no digit: what networks learn to doubt, and what that doubt is measured on."""

import numpy as np
import pytest
import torch

from digits.networks.ood_head import attach_ood_head
from digits.synthesis import outliers
from digits.synthesis.outliers import TEST_KINDS, TRAIN_KINDS, draw_outliers


@pytest.mark.parametrize("kind", dict.fromkeys([*TRAIN_KINDS, *TEST_KINDS]))
def test_each_kind_comes_as_the_reader_would_bring_it(kind, sheet):
    pictures = draw_outliers(12, [kind], sheet, np.random.default_rng(1))
    assert (pictures.shape, pictures.dtype) == ((12, 28, 28), torch.uint8)
    assert (pictures.amax(dim=(1, 2)) == 255).all()
    rows, columns = (pictures > 30).any(dim=2).sum(dim=1), (pictures > 30).any(dim=1).sum(dim=1)
    assert torch.maximum(rows, columns).max() <= 20
    assert len({picture.numpy().tobytes() for picture in pictures}) >= 10


def test_the_same_seed_draws_the_same_pictures(sheet):
    first, again, other = (draw_outliers(40, TRAIN_KINDS, sheet, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_kinds_take_turns(sheet):
    two = draw_outliers(2, ["scribbles", "smileys"], sheet, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    assert torch.equal(two, torch.cat([draw_outliers(1, [kind], sheet, rng) for kind in ("scribbles", "smileys")]))


def test_nothing_is_judged_that_was_learnt():
    assert not set(TRAIN_KINDS) & set(TEST_KINDS)
    assert set(TRAIN_KINDS) <= {*outliers.DOODLES, *outliers.COMPOSITES}
    assert len(TEST_KINDS) >= 10
    assert not set(outliers.SANS_FONTS) & set(outliers.SERIF_FONTS)


def answers(classifier, batch):
    return attach_ood_head(classifier.network, classifier.metadata.ood_head)(batch)


@pytest.mark.quality
@pytest.mark.parametrize("kind", TEST_KINDS)
def test_the_default_network_is_unsure_of_what_is_no_digit(kind, classifier, sheet):
    pictures = draw_outliers(40, [kind], sheet, np.random.default_rng(8)).unsqueeze(1).float() / 255
    with torch.inference_mode():
        sure = classifier.calibration.is_sure(answers(classifier, pictures))
    # Among these are some that do pass for a digit: a heart for a 0, half a 0 for a 1.
    assert sure.sum() <= {"drawings": 18, "left and right halves": 24}.get(kind, 8)


@pytest.mark.quality
def test_the_default_network_is_sure_of_plain_digits(classifier, sheet):
    with torch.inference_mode():
        sure = classifier.calibration.is_sure(answers(classifier, sheet.batch(slice(None))))
    assert (~sure).sum() <= 8  # of 400: 2 %
