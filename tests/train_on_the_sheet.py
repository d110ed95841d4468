"""`train` with the sheet's digits in MNIST's place, as a script that torchrun can start."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from PIL import Image

from digits import data
from digits.cli import main

with Image.open(Path(__file__).resolve().parents[1] / "static/img/test_digits.png") as picture:
    tiles = np.asarray(picture).reshape(10, 28, 40, 28).swapaxes(1, 2).reshape(400, 28, 28)
order = torch.randperm(400, generator=torch.Generator().manual_seed(1))
digits = data.Digits(torch.from_numpy(tiles.copy())[order], torch.arange(10).repeat_interleave(40)[order])
data.load = lambda *_, **__: (digits, digits)
data.VALIDATION = 80
torch.set_num_threads(1)
main(["train", *sys.argv[1:]])
