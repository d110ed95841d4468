"""`train` with the sheet's digits in MNIST's place, as a script that torchrun can start."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from pictures import shuffled

from digits.cli import main
from digits.data import dataset, mnist
from digits.data.bundled import page_digits

digits = shuffled(page_digits())
mnist.load = lambda *_, **__: (digits, digits)
dataset.VALIDATION_SIZE = 80
torch.set_num_threads(1)
main(["train", *sys.argv[1:]])
