"""What the network is shown besides MNIST: varied digits, and digits drawn by code."""

import numpy as np
import pytest
import torch

from digits.data.augmentation import augment
from digits.imaging.preprocessing import find_ink_box
from digits.synthesis import digit_shapes

pytestmark = pytest.mark.slow


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def batch(sheet):
    return sheet.batch(slice(None))


@pytest.mark.parametrize("strength", ["none", "light", "strong"])
def test_varied_digits_keep_shape_range_and_finiteness(strength, batch):
    varied = augment(batch, strength, generator())
    assert varied.shape == batch.shape
    assert varied.dtype == torch.float32
    assert torch.isfinite(varied).all()
    assert varied.min() >= 0 and varied.max() <= 1  # noqa: PT018
    assert varied.amax(dim=(1, 2, 3)).min() > 0.3  # none has vanished


def test_none_changes_nothing(batch):
    assert torch.equal(augment(batch, "none", generator()), batch)


@pytest.mark.parametrize("strength", ["light", "strong"])
def test_the_same_seed_varies_alike_and_every_digit_differently(strength, batch):
    again = [augment(batch, strength, generator(seed)) for seed in (1, 1, 2)]
    assert torch.equal(again[0], again[1])
    assert not torch.equal(again[0], again[2])
    same = augment(batch[:1].repeat(20, 1, 1, 1), strength, generator())
    assert len({digit.numpy().tobytes() for digit in same}) == 20


def test_a_blank_picture_gives_numbers_too():
    assert augment(torch.zeros(64, 1, 28, 28), "strong", generator()).isfinite().all()


@pytest.mark.parametrize("strength", ["light", "strong"])
def test_varied_digits_are_still_read(strength, batch, sheet, classifier):
    with torch.inference_mode():
        right = [
            (classifier.network(augment(batch, strength, generator(seed))).argmax(dim=1) == sheet.labels).float().mean()
            for seed in range(5)
        ]
    assert np.mean(right) > {"light": 0.99, "strong": 0.95}[strength]


@pytest.fixture(scope="module")
def drawn():
    return digit_shapes.draw_digits(1000, np.random.default_rng(77))


def test_drawn_digits_are_sized_and_placed_as_mnists(drawn):
    pictures, labels = drawn
    assert (pictures.shape, pictures.dtype, labels.shape, labels.dtype) == (
        (1000, 28, 28),
        torch.uint8,
        (1000,),
        torch.int64,
    )
    assert set(labels.tolist()) == set(range(10))
    assert (pictures.flatten(1).amax(dim=1) == 255).all()
    for picture in pictures[:200]:
        ink = picture.numpy() / np.float32(255)
        _, _, wide, tall = find_ink_box(ink)
        assert 18 <= max(wide, tall) <= 21
        rows, columns = np.indices(ink.shape)
        assert (rows * ink).sum() / ink.sum() == pytest.approx(13.5, abs=1.5)
        assert (columns * ink).sum() / ink.sum() == pytest.approx(13.5, abs=1.5)


def test_the_same_seed_draws_the_same_digits(drawn):
    again = digit_shapes.draw_digits(1000, np.random.default_rng(77))
    assert torch.equal(again[0], drawn[0])
    assert torch.equal(again[1], drawn[1])
    assert not torch.equal(digit_shapes.draw_digits(1000, np.random.default_rng(78))[0], drawn[0])


def test_the_shipped_network_reads_the_forms_that_mnist_lacks(drawn, classifier):
    pictures, labels = drawn
    with torch.inference_mode():
        right = classifier.network(pictures[:, None].float() / 255).argmax(dim=1) == labels
    for digit in (1, 4, 7, 9):
        assert right[labels == digit].float().mean() > 0.98, digit
