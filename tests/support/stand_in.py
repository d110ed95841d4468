"""The digits that ship with the project in MNIST's place: 6,112 to learn from and to validate on, 10,000 to test on."""

import json
import struct
from pathlib import Path

from digits.data import bundled
from digits.data.mnist import SHA256, VERIFIED_NAME


def stand_in(folder: Path) -> Path:
    """Write them where `train --data` looks, entered as verified, since their hashes are others; returns the folder."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for stem, digits in (("train", bundled.load().train), ("t10k", bundled.load().test)):
        count = len(digits)
        images = struct.pack(">4I", 2051, count, 28, 28) + digits.images.numpy().tobytes()
        (raw / f"{stem}-images-idx3-ubyte").write_bytes(images)
        (raw / f"{stem}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 2049, count) + bytes(digits.labels.tolist()))
    status = {name: (raw / name).stat() for name in SHA256}
    ledger = {
        name: {"size": each.st_size, "mtime_ns": each.st_mtime_ns, "sha256": SHA256[name]}
        for name, each in status.items()
    }
    (raw / VERIFIED_NAME).write_text(json.dumps(ledger))
    return folder
