"""Classifies 28×28 digit images with one network. Server, scripts and tests all predict through this."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from digits.data.dataset import Digits
from digits.errors import BadCheckpoint
from digits.imaging.ink import Page, decode_page
from digits.imaging.preprocessing import Box, find_ink_box, place_digit
from digits.networks import checkpoint
from digits.networks.architectures import Network
from digits.networks.calibration import in_distribution_logit
from digits.networks.fused_inference import FusedClassifier
from digits.networks.layers import describe, layer_activations
from digits.networks.ood_head import BRANCH_LAYER, attach_ood_head
from digits.recognition.results import Activation, Prediction, PreparedDigit

BATCH_SIZE = 64  # digits of one forward pass; more at once take much memory
BACKGROUND_BATCH_SIZE = 32  # digits of one slice of a long task: 7 ms of five_conv, so that drawings need not wait
NOT_FINITE = "The network's outputs are not finite numbers: its weights are too large."


class DigitClassifier:
    """Classifies digits with one network, which it puts into evaluation mode."""

    def __init__(self, network: Network, metadata: checkpoint.CheckpointMetadata | None = None) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.metadata = metadata or checkpoint.CheckpointMetadata(network.architecture)
        self.calibration = self.metadata.calibration
        self.layers = describe(network)
        self._with_ood = attach_ood_head(self.network, self.metadata.ood_head).eval()
        # One pass of five_conv with its OOD head on one thread: 0.99 ms layer by layer, 0.34 ms fused.
        self._fused = FusedClassifier(self._with_ood)

    @classmethod
    def from_checkpoint(cls, path: Path) -> "DigitClassifier":
        """Returns a classifier with the weights of a file; raises `BadCheckpoint`."""
        return cls(*checkpoint.load(path))

    @torch.inference_mode()
    def warm(self) -> None:
        """Does one forward pass of each kind, because the first one of a process allocates and is slow.

        Raises `BadCheckpoint` for weights so large that the outputs are not finite.
        """
        digits = np.ones((2, 28, 28), np.float32)
        for raw in (self._run(digits[0], False)[0], self._run(digits[0], True)[0], self._run_batch(digits)):
            if not raw.isfinite().all():
                raise BadCheckpoint(NOT_FINITE)

    def predict(self, data: bytes, layers: bool = False) -> Prediction:
        """Classifies a picture of one digit; all ink is taken for that digit.

        data: a PNG, JPEG, WebP, GIF, BMP or, with pillow-heif, HEIC. Raises `BadImage` and its kinds, and `NoInk` for
        a blank picture.
        """
        return self.classify(self.prepare(data), layers)

    @staticmethod
    def prepare(data: bytes, scaled: bool = True, centred: bool = True) -> PreparedDigit:
        """Returns a picture of one digit as the network takes it; raises what `predict` raises.

        scaled, centred: as for `place_digit`. Networks are trained on digits with both.
        """
        started = time.perf_counter()
        page = decode_page(data)
        decoded = _milliseconds_since(started)
        return prepare_digit(page, find_ink_box(page.ink), {"decode": decoded}, scaled, centred)

    def classify(self, digit: PreparedDigit, layers: bool = False) -> Prediction:
        """Classifies a prepared digit; with `layers`, the prediction holds every layer's activation."""
        started = time.perf_counter()
        raw, activations = self._run(digit.image, layers)
        milliseconds = {**digit.milliseconds, "network": _milliseconds_since(started)}
        (prediction,) = self._predictions(raw, digit.image[None], [digit.box])
        return replace(prediction, layers=activations, milliseconds=milliseconds)

    @torch.inference_mode()
    def classify_batch(self, images: np.ndarray, boxes: Sequence[Box]) -> list[Prediction]:
        """Classifies digit images (N, 28, 28); `boxes` are their places in the picture that they come from."""
        return self._predictions(self._run_batch(images), images, boxes)

    @torch.inference_mode()
    def features(self, image: np.ndarray) -> torch.Tensor:
        """Returns the input (F,) float32 of the last layer for a digit image (28, 28)."""
        return self._fused.features(_to_tensor(image[None]))[0]

    @torch.inference_mode()
    def activations(self, image: np.ndarray) -> list[tuple[str, str, torch.Tensor]]:
        """Returns (name, kind, output) of every layer for a digit image (28, 28), as `layer_activations` does.

        Raises `BadCheckpoint` if an output is not finite. The probabilities may still be: ReLU makes 0 of −∞.
        """
        found = list(layer_activations(self.network, _to_tensor(image[None]), self.calibration.temperature))
        # A sum is not finite if one of its terms is not, and takes a fraction of the time.
        if not math.isfinite(sum(value.sum(dtype=torch.float64).item() for *_, value in found)):
            raise BadCheckpoint(NOT_FINITE)
        return found

    @torch.inference_mode()
    def iter_features(self, digits: Digits) -> Iterator[torch.Tensor]:
        """Yields the features (n, F) of many digits, in batches of some milliseconds each."""
        yield from map(self._fused.features, _background_batches(digits))

    @torch.inference_mode()
    def iter_logits(self, digits: Digits) -> Iterator[torch.Tensor]:
        """Yields the raw outputs (n, 10 or 11) for many digits, in batches of some milliseconds each."""
        yield from map(self._fused, _background_batches(digits))

    @torch.inference_mode()
    def cost(self, images: np.ndarray) -> np.ndarray:
        """Returns (N,) float32: −log of the probability that each digit image (N, 28, 28) is one clear digit."""
        raw = self._run_batch(images)
        confidence = raw[:, :10].log_softmax(dim=1).amax(dim=1)
        return -(confidence + F.logsigmoid(in_distribution_logit(raw))).numpy()

    def _run_batch(self, images: np.ndarray) -> torch.Tensor:
        """Returns the raw outputs (N, 10 or 11) for digit images (N, 28, 28), `BATCH_SIZE` at a time."""
        batches = np.split(images, range(BATCH_SIZE, len(images), BATCH_SIZE))
        return torch.cat([self._fused(_to_tensor(batch)) for batch in batches])

    def _predictions(self, raw: torch.Tensor, images: np.ndarray, boxes: Sequence[Box]) -> list[Prediction]:
        """Returns the predictions that raw outputs (N, 10 or 11) for digit images (N, 28, 28) mean."""
        probabilities = self.calibration.probabilities(raw)
        if not probabilities.isfinite().all():
            raise BadCheckpoint(NOT_FINITE)
        columns = (
            probabilities.argmax(dim=1),
            self.calibration.is_in_distribution(raw),
            self.calibration.is_confident(probabilities),
            probabilities,
            raw[:, :10].softmax(dim=1).amax(dim=1),
        )
        rows = zip(*(column.tolist() for column in columns), boxes, images, strict=True)
        return [Prediction(*row) for row in rows]

    @torch.inference_mode()
    def _run(self, image: np.ndarray, layers: bool) -> tuple[torch.Tensor, list[Activation]]:
        """Returns the raw output (1, 10 or 11) for a digit image and, if asked for, every layer's activation."""
        if not layers:
            return self._fused(_to_tensor(image[None])), []
        found = self.activations(image)
        outputs = {name: value for name, _, value in found}
        *_, features, logits, _ = outputs.values()
        # Without an OOD head there may be no branch layer, and nothing uses its output.
        branch = outputs.get(BRANCH_LAYER, features)
        raw = self._with_ood.add_ood_logit(logits, (branch, features))
        return raw, [Activation(name, kind, value[0].numpy()) for name, kind, value in found]


def prepare_digit(
    page: Page, box: Box, milliseconds: dict[str, float], scaled: bool = True, centred: bool = True
) -> PreparedDigit:
    """Returns the ink in a box of a page as a network takes it; `milliseconds` are those spent before."""
    started = time.perf_counter()
    image, place = place_digit(page.ink, box, scaled, centred)
    as_sent = scale_box(box, page.width / page.ink.shape[1], page.height / page.ink.shape[0])
    milliseconds = {**milliseconds, "preprocess": _milliseconds_since(started)}
    return PreparedDigit(image, as_sent, place, page.width, page.height, milliseconds)


def scale_box(box: Box, across: float, down: float) -> Box:
    """Returns a box with its horizontal and vertical lengths multiplied, rounded to whole pixels."""
    x, y, width, height = box
    return round(x * across), round(y * down), round(width * across), round(height * down)


def _to_tensor(images: np.ndarray) -> torch.Tensor:
    """Returns digit images (N, 28, 28) as a batch (N, 1, 28, 28) in the memory format of the network."""
    return torch.from_numpy(images).unsqueeze(1).contiguous(memory_format=torch.channels_last)


def _background_batches(digits: Digits) -> Iterator[torch.Tensor]:
    """Yields the digits as batches so small that a drawing can wait for one."""
    for start in range(0, len(digits), BACKGROUND_BATCH_SIZE):
        batch = digits.batch(slice(start, start + BACKGROUND_BATCH_SIZE))
        yield batch.contiguous(memory_format=torch.channels_last)


def _milliseconds_since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 3)
