"""Reads a photo of a page: finds every digit on it and predicts each one."""

from dataclasses import replace

import numpy as np

from digits.imaging.decoding import Picture, decode_picture
from digits.imaging.ink import estimate_ink
from digits.imaging.preprocessing import bounding_box
from digits.recognition.classifier import DigitClassifier, prepare_digit, scale_box
from digits.recognition.results import PagePrediction, Prediction
from digits.segmentation.components import Component
from digits.segmentation.print_detection import MIN_PRINT_DIGITS, is_rejected_print
from digits.segmentation.segmenter import segment_page

MAX_PAGE_SIDE_PX = 1600  # the longer side of a page is reduced to this; a digit of 1/20 of it still has 80 px
MAX_CUT_OUT_SIDE_PX = 400  # a picture up to this side may be one digit, cut out around its ink
MIN_CUT_OUT_INK_SHARE = 0.8  # of both sides: ink reaches this far in a picture that is cut out around one digit


class PageReader:
    """Finds and predicts every digit on a page, line by line."""

    def __init__(self, classifier: DigitClassifier) -> None:
        self.classifier = classifier

    def read(self, data: bytes) -> PagePrediction:
        """Returns every digit on a page, line by line; a blank page has none.

        data: as for `DigitClassifier.predict`. Raises `BadImage` and its kinds.
        """
        picture = decode_picture(data, MAX_PAGE_SIDE_PX)
        single = self._predict_cut_out(picture)
        lines = [[single]] if single else []
        if not (single and single.sure):
            lines = self._predict_lines(picture) or lines
        text = "\n".join("".join(str(digit.digit) for digit in line) for line in lines)
        return PagePrediction(picture.width, picture.height, text, [digit for line in lines for digit in line])

    def _predict_cut_out(self, picture: Picture) -> Prediction | None:
        """Predicts all ink as one digit, if a small picture is cut out closely around it; None otherwise."""
        if max(picture.channels[0].shape) > MAX_CUT_OUT_SIDE_PX:
            return None
        page = estimate_ink(picture)
        box = bounding_box(page.ink)
        if box is None or min(box[2] / page.ink.shape[1], box[3] / page.ink.shape[0]) < MIN_CUT_OUT_INK_SHARE:
            return None
        return self.classifier.classify(prepare_digit(page, box, {}))

    def _predict_lines(self, picture: Picture) -> list[list[Prediction]]:
        """Predicts every digit of a page, one list for each written line."""
        page = segment_page(picture.channels, self.classifier.cost)
        across, down = picture.width / page.width, picture.height / page.height
        digits = iter(self._predict_components([part for line in page.lines for part in line], across, down))
        return _drop_print([[next(digits) for _ in line] for line in page.lines])

    def _predict_components(self, parts: list[Component], across: float, down: float) -> list[Prediction]:
        """Predicts the digits of a page in one batch; `across` and `down` scale boxes to the picture sent."""
        if not parts:
            return []
        candidates = [*parts, *(part.full for part in parts if part.full)]
        boxes = [scale_box(part.box, across, down) for part in candidates]
        images = np.stack([part.image for part in candidates])
        predictions = dict(zip(candidates, self.classifier.classify_batch(images, boxes), strict=True))
        # A face is a digit without its eyes only: if the full box is no digit, the outline alone does not count.
        found = [
            predictions[part.full if part.full and not predictions[part.full].in_distribution else part]
            for part in parts
        ]
        # One half of a cut non-digit, as of a star, may look like a digit: both halves are out of distribution then.
        sources = [part.source for part in parts]
        rejected = {source for source, digit in zip(sources, found, strict=True) if not digit.in_distribution} - {None}
        return [
            replace(digit, in_distribution=False) if source in rejected else digit
            for source, digit in zip(sources, found, strict=True)
        ]


def _drop_print(lines: list[list[Prediction]]) -> list[list[Prediction]]:
    """Returns the lines without print and texture; [] if the page as a whole is print."""
    if _is_print([digit for line in lines for digit in line], 2 * MIN_PRINT_DIGITS):
        return []
    return [line for line in lines if not _is_print(line, MIN_PRINT_DIGITS)]


def _is_print(digits: list[Prediction], min_count: int) -> bool:
    heights = [digit.box[3] for digit in digits]
    return is_rejected_print(heights, [digit.in_distribution for digit in digits], min_count)
