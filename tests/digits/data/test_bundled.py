"""The digits that ship with the project."""

import hashlib
import struct

import pytest
import torch

from digits.data import bundled
from digits.data.mnist import SHA256
from digits.errors import DataUnavailable

CLASSES = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # of MNIST's test digits


@pytest.fixture(scope="module")
def digits():
    return bundled.load()


def test_the_test_digits_are_mnists_own(digits):
    images = struct.pack(">4I", 2051, 10_000, 28, 28) + digits.test.images.numpy().tobytes()
    labels = struct.pack(">2I", 2049, 10_000) + digits.test.labels.to(torch.uint8).numpy().tobytes()
    assert hashlib.sha256(images).hexdigest() == SHA256["t10k-images-idx3-ubyte"]
    assert hashlib.sha256(labels).hexdigest() == SHA256["t10k-labels-idx1-ubyte"]
    assert digits.test.labels.bincount().tolist() == CLASSES


def test_the_training_digits_are_part_of_the_training_set(digits):
    assert len(digits.train) == len(range(0, 55_000, 9))
    assert digits.train_row(len(digits.train) - 1) == 54_999
    assert digits.train.labels.bincount().min() > 500
    assert bundled.BUNDLED_NPZ.stat().st_size < 3_000_000


def test_a_damaged_file_is_refused(tmp_path):
    damaged = tmp_path / "collection.npz"
    damaged.write_bytes(bundled.BUNDLED_NPZ.read_bytes()[:-1])
    with pytest.raises(DataUnavailable, match="damaged"):
        bundled.load(damaged)
    with pytest.raises(DataUnavailable, match="cannot be read"):
        bundled.load(tmp_path / "nothing.npz")
