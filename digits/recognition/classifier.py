"""The one way from bytes to readings: server, scripts, notebook and tests all take it."""

import math
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from digits.data.dataset import Digits
from digits.errors import BadCheckpoint
from digits.imaging.decoding import Picture, read_picture
from digits.imaging.ink import Page, page_of, read_page
from digits.imaging.preprocessing import Box, bounds, ink_box, place_digit
from digits.networks import checkpoint
from digits.networks import layers as inspection
from digits.networks.architectures import Network
from digits.networks.calibration import familiarity
from digits.networks.fused_inference import Quick
from digits.networks.ood_head import FORK, doubting
from digits.recognition.results import Answer, PageReading, Prepared, Reading
from digits.segmentation.components import Segment
from digits.segmentation.illumination import flattened
from digits.segmentation.segmenter import segments

PAGE_SIDE = 1600  # pixels to which a page's longer side is reduced: a twentieth of it is still a digit of 80
CUT_OUT, TIGHT = 400, 0.8  # pixels at most, and of both sides: where ink reaches so far, a digit has been cut out
CHUNK = 64  # digits that the network reads at a time
FEW = 32  # and where it reads thousands, while drawings wait: 7 ms of five_conv
NO_NUMBERS = "The network's answers are not numbers: its weights are too large."
TEXT = 4  # things in a line, at least, that may be print
LOW = 0.6  # of the height of what stands beside it: less have − and =, but no letters


class Reader:
    """Reads pictures of digits with one network, which it puts into evaluation mode."""

    def __init__(self, network: Network, facts: checkpoint.Facts | None = None) -> None:
        self.network = network.eval().to(memory_format=torch.channels_last)
        self.facts = facts or checkpoint.Facts(network.architecture)
        self.calibration = self.facts.calibration
        self._whole = doubting(self.network, self.facts.doubt).eval()
        # One pass of five_conv with its doubt on one thread: 0.99 ms layer by layer, 0.34 in fewer steps.
        self._quick = Quick(self._whole)
        self.layers = inspection.describe(network)

    @classmethod
    def from_checkpoint(cls, path: Path) -> "Reader":
        """A reader with the weights of a file; raises `BadCheckpoint`."""
        return cls(*checkpoint.load(path))

    @torch.inference_mode()
    def warm(self) -> None:
        """Do one pass each way; the first of a process allocates, and no visitor should wait for that.

        Raises `BadCheckpoint` for weights so large that the answer is not a number.
        """
        digits = np.ones((2, 28, 28), np.float32)
        for raw in (self._ask(digits[0], False)[0], self._ask(digits[0], True)[0], self._ask_all(digits)):
            if not raw.isfinite().all():
                raise BadCheckpoint(NO_NUMBERS)

    def predict(self, data: bytes, layers: bool = False) -> Reading:
        """Read a picture of one digit: all its ink is taken for that digit.

        data: a PNG, JPEG, WebP, GIF, BMP or, with pillow-heif, HEIC. Raises `BadImage` and its kinds, and `NoInk` for a
        blank one.
        """
        return self.answer(self.prepare(data), layers)

    @staticmethod
    def prepare(data: bytes, scaled: bool = True, centred: bool = True) -> Prepared:
        """Make a picture of one digit ready for the network; raises what `predict` does.

        scaled, centred: as `place_digit` takes them; a network reads well only what came to it with both.
        """
        started = time.perf_counter()
        page = read_page(data)
        decoded = _milliseconds(started)
        return _prepared(page, ink_box(page.ink), {"decode": decoded}, scaled, centred)

    def answer(self, digit: Prepared, layers: bool = False) -> Reading:
        """Read a digit that is ready, with every layer's answer if asked for."""
        started = time.perf_counter()
        raw, answers = self._ask(digit.image, layers)
        milliseconds = {**digit.milliseconds, "network": _milliseconds(started)}
        (reading,) = self._readings(raw, digit.image[None], [digit.box])
        return replace(reading, layers=answers, milliseconds=milliseconds)

    @torch.inference_mode()
    def answers(self, images: np.ndarray, boxes: Sequence[Box]) -> list[Reading]:
        """Read many digit images (N, 28, 28) at once; `boxes` tells where in a picture each comes from."""
        return self._readings(self._ask_all(images), images, boxes)

    def read(self, data: bytes) -> PageReading:
        """Find and read every digit on a page, line by line; a blank page has none.

        data: as for `predict`. Raises `BadImage` and its kinds.
        """
        picture = read_picture(data, PAGE_SIDE)
        alone = self._alone(picture)
        lines = [[alone]] if alone and alone.sure else self._lines(picture) or ([[alone]] if alone else [])
        text = "\n".join("".join(str(reading.digit) for reading in line) for line in lines)
        return PageReading(picture.width, picture.height, text, [reading for line in lines for reading in line])

    @torch.inference_mode()
    def features(self, image: np.ndarray) -> torch.Tensor:
        """What a digit image (28, 28) gives the last layer to judge by: (F,) float32."""
        return self._quick.features(_batch(image[None]))[0]

    @torch.inference_mode()
    def walk(self, image: np.ndarray) -> list[tuple[str, str, torch.Tensor]]:
        """The (name, kind, answer) of every layer to a digit image (28, 28), as `inspection.answers` has them.

        Raises `BadCheckpoint` where one is infinite or no number; the shares may be fine, as ReLU makes 0 of −∞.
        """
        found = list(inspection.answers(self.network, _batch(image[None]), self.calibration.temperature))
        # A sum tells of all its numbers in a fraction of the time.
        if not math.isfinite(sum(value.sum(dtype=torch.float64).item() for *_, value in found)):
            raise BadCheckpoint(NO_NUMBERS)
        return found

    @torch.inference_mode()
    def look_through(self, digits: Digits) -> Iterator[torch.Tensor]:
        """The features (n, F) of many digits, a few at a time: milliseconds each."""
        yield from map(self._quick.features, _few(digits))

    @torch.inference_mode()
    def read_through(self, digits: Digits) -> Iterator[torch.Tensor]:
        """The raw answers (n, 10 or 11) to many digits, a few at a time: milliseconds each."""
        yield from map(self._quick, _few(digits))

    def _alone(self, picture: Picture) -> Reading | None:
        """All ink as one digit, where a small picture is cut out around it and has hardly any paper."""
        if max(picture.channels[0].shape) > CUT_OUT:
            return None
        page = page_of(picture)
        box = bounds(page.ink)
        if box is None or min(box[2] / page.ink.shape[1], box[3] / page.ink.shape[0]) < TIGHT:
            return None
        return self.answer(_prepared(page, box, {}))

    def _lines(self, picture: Picture) -> list[list[Reading]]:
        """Every digit of a page, written line by written line."""
        ink = flattened(picture.channels)
        across, down = picture.width / ink.shape[1], picture.height / ink.shape[0]
        found = segments(ink, self._cost)
        readings = iter(self._judged([segment for line in found for segment in line], across, down))
        return _handwritten([[next(readings) for _ in line] for line in found])

    def _judged(self, parts: list[Segment], across: float, down: float) -> list[Reading]:
        """What the network makes of the digits of a page, all at once; `across` and `down` scale to what was sent."""
        if not parts:
            return []
        asked = [*parts, *(part.full for part in parts if part.full)]
        boxes = [_scaled(part.box, across, down) for part in asked]
        answers = dict(zip(asked, self.answers(np.stack([part.image for part in asked]), boxes), strict=True))
        # A digit only without what is drawn in it, as a face without its eyes, is read with that, and so is unsure.
        found = [answers[part.full if part.full and not answers[part.full].familiar else part] for part in parts]
        # And what is no digit, as a star, may be cut into one that looks like some and one that does not.
        doubted = {part.source for part, reading in zip(parts, found, strict=True) if not reading.familiar} - {None}
        return [
            replace(reading, familiar=False) if part.source in doubted else reading
            for part, reading in zip(parts, found, strict=True)
        ]

    @torch.inference_mode()
    def _cost(self, images: np.ndarray) -> np.ndarray:
        """How much digit images (N, 28, 28) are unlike any one digit, (N,) float32: −log of how likely each is one."""
        answers = self._ask_all(images)
        claims = answers[:, :10].log_softmax(dim=1).amax(dim=1)
        return -(claims + F.logsigmoid(familiarity(answers))).numpy()

    def _ask_all(self, images: np.ndarray) -> torch.Tensor:
        """The raw answers (N, 10 or 11) to digit images (N, 28, 28), some at a time: all at once take much memory."""
        return torch.cat([self._quick(_batch(some)) for some in np.split(images, range(CHUNK, len(images), CHUNK))])

    def _readings(self, raw: torch.Tensor, images: np.ndarray, boxes: Sequence[Box]) -> list[Reading]:
        """What raw answers (N, 10 or 11) to digit images (N, 28, 28) say."""
        probabilities = self.calibration.probabilities(raw)
        if not probabilities.isfinite().all():
            raise BadCheckpoint(NO_NUMBERS)
        columns = (
            probabilities.argmax(dim=1),
            self.calibration.is_familiar(raw),
            self.calibration.is_clear(probabilities),
            probabilities,
            raw[:, :10].softmax(dim=1).amax(dim=1),
        )
        rows = zip(*(column.tolist() for column in columns), boxes, images, strict=True)
        return [Reading(*row) for row in rows]

    @torch.inference_mode()
    def _ask(self, image: np.ndarray, layers: bool) -> tuple[torch.Tensor, list[Answer]]:
        """The raw answer (1, 10 or 11) to a digit image, and every layer's answer if asked for."""
        if not layers:
            return self._quick(_batch(image[None])), []
        found = self.walk(image)
        answered = {name: value for name, _, value in found}
        *_, features, logits, _ = answered.values()
        raw = self._whole.doubted(logits, (answered.get(FORK), features))
        return raw, [Answer(name, kind, value[0].numpy()) for name, kind, value in found]


def _prepared(
    page: Page, box: Box, milliseconds: dict[str, float], scaled: bool = True, centred: bool = True
) -> Prepared:
    started = time.perf_counter()
    image, place = place_digit(page.ink, box, scaled, centred)
    as_sent = _scaled(box, page.width / page.ink.shape[1], page.height / page.ink.shape[0])
    milliseconds = {**milliseconds, "preprocess": _milliseconds(started)}
    return Prepared(image, as_sent, place, page.width, page.height, milliseconds)


def _batch(images: np.ndarray) -> torch.Tensor:
    """Digit images (N, 28, 28) as the network takes them."""
    return torch.from_numpy(images).unsqueeze(1).contiguous(memory_format=torch.channels_last)


def _few(digits: Digits) -> Iterator[torch.Tensor]:
    """Digits as the network takes them, so many that a drawing can wait for them."""
    for start in range(0, len(digits), FEW):
        yield digits.batch(slice(start, start + FEW)).contiguous(memory_format=torch.channels_last)


def _handwritten(lines: list[list[Reading]]) -> list[list[Reading]]:
    """The lines without those that are print, or texture: more than half of which look like no digit.

    Among so many things some pass for digits by chance; a few odd ones among digits stay, as unsure ones.
    """
    kept = [line for line in lines if not _is_print(line, TEXT)]
    return kept if not _is_print([reading for line in lines for reading in line], 2 * TEXT) else []


def _is_print(readings: list[Reading], least: int) -> bool:
    """Whether more than half of so many readings look like no digit; what is low, as many signs are, tells nothing."""
    if len(readings) < least:
        return False
    heights = [reading.box[3] for reading in readings]
    tall = [reading for reading in readings if reading.box[3] > LOW * statistics.median(heights)]
    return sum(not reading.familiar for reading in tall) > len(tall) / 2


def _milliseconds(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 3)


def _scaled(box: Box, across: float, down: float) -> Box:
    x, y, width, height = box
    return round(x * across), round(y * down), round(width * across), round(height * down)
