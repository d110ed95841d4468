"""The conditions under which digits are tried."""

import pytest
import torch

from digits.data import transforms
from digits.evaluation.corruptions import CORRUPTIONS, corrupt

pytestmark = pytest.mark.slow


def test_the_same_digits_come_out_the_same_and_conditions_differ(hundred):
    found = {name: corrupt(hundred.images, name) for name in CORRUPTIONS}
    for name, images in found.items():
        assert images.dtype == torch.uint8, name
        assert images.shape == hundred.images.shape, name
        assert torch.equal(images, corrupt(hundred.images, name)), name
        assert images.flatten(1).any(dim=1).all(), name
        assert all(torch.equal(images, other) == (name == key) for key, other in found.items()), name
    assert torch.equal(found["plain"], hundred.images)


def test_conditions_do_what_they_are_called(hundred):
    images = hundred.images[10:20]  # ones
    ink = {name: corrupt(images, name).float().sum().item() for name in CORRUPTIONS}
    assert ink["thin strokes"] < 0.9 * ink["re-read"] < 0.8 * ink["thick strokes"]

    def leaning(name):  # how much further to the right the upper half of the ink lies than the lower
        picture = corrupt(images, name).float()
        columns = torch.arange(28.0)
        middle = [(half.sum(1) @ columns) / half.sum((1, 2)) for half in (picture[:, :14], picture[:, 14:])]
        return (middle[0] - middle[1]).mean().item()

    turns = [leaning(name) for name in ("turned 20° left", "turned 10° left", "re-read", "turned 10° right")]
    assert turns == sorted(turns)
    assert turns[-1] - turns[0] > 2


def test_a_page_holds_the_digit_where_it_was_put():
    square = torch.zeros(1, 28, 28)
    square[:, 9:19, 9:19] = 1

    def edges(**how):
        page = transforms.draw_on_pages(square, **how)[0] > 0.5
        rows, columns = page.any(1).nonzero(), page.any(0).nonzero()
        return [int(number) for number in (columns.min(), columns.max() + 1, rows.min(), rows.max() + 1)]

    assert edges() == [55, 85, 55, 85]
    assert edges(scale=1.5) == pytest.approx([47, 93, 47, 93], abs=1)
    assert edges(shift=torch.tensor([[8.0, -4.0]])) == [55 + 24, 85 + 24, 55 - 12, 85 - 12]
