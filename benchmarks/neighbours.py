"""Measures how often the nearest training digits have a test digit's label, by cosine and distance.

python benchmarks/neighbours.py

Both come from the digits that ship with the project. A test digit counts as right if the most frequent label of its
twenty nearest is its own. Of labels with equally many votes the smallest counts.
"""

import sys
from pathlib import Path

import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from digits.data import bundled
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier
from digits.training.recipes import DEFAULT_MODEL

COUNT = 20


def right(nearest: torch.Tensor, digits: bundled.BundledDigits) -> float:
    """Returns the percentage of test digits whose nearest (N, COUNT) vote for the right label."""
    votes = F.one_hot(digits.train.labels[nearest], 10).sum(dim=1)
    return 100 * (votes.argmax(dim=1) == digits.test.labels).float().mean().item()


def main() -> None:
    """Print a line for each network."""
    digits = bundled.load()
    print("| network | itself | by the cosine | by the distance |\n|---|---|---|---|")
    for name in ARCHITECTURES:
        path = ROOT / ("mnist_model.pth" if name == DEFAULT_MODEL else f"models/{name}.pth")
        classifier = DigitClassifier.from_checkpoint(path)
        test, train = (torch.cat(list(classifier.iter_features(some))) for some in (digits.test, digits.train))
        cosines = F.normalize(test) @ F.normalize(train).T
        answers = [right(cosines.topk(COUNT).indices, digits)]
        answers.append(right(torch.cdist(test, train).topk(COUNT, largest=False).indices, digits))
        columns = [f"{each:.2f} %" for each in (classifier.metadata.test_accuracy, *answers)]
        print(f"| `{name}` |", " | ".join(columns), "|")


if __name__ == "__main__":
    main()
