"""The networks that this process serves."""

import logging
import threading
from dataclasses import asdict
from pathlib import Path

import cv2
import torch

from digits.errors import BadCheckpoint, UnknownModel
from digits.networks.architectures import ARCHITECTURES
from digits.recognition.classifier import DigitClassifier

log = logging.getLogger("inkling")


class ModelRegistry:
    """One `DigitClassifier` per network: the default checkpoint's, and one for each *.pth in the folder of models.

    A damaged file is logged and left out. If it is the default one the server still starts, so that it can say what
    is wrong (`problem`), and reads with whatever else there is. What comes into the folder `trained` later on, or goes
    from it, is noticed when a network is asked for.
    """

    def __init__(self, checkpoint: Path, models: Path, trained: Path | None = None) -> None:
        torch.set_num_threads(1)  # many workers, each with many threads, would only be in each other's way
        cv2.setNumThreads(1)
        self._classifiers: dict[str, DigitClassifier] = {}
        self.problem: str | None = None
        self.default: str | None = None
        try:
            classifier = _load(checkpoint)
            self.default = classifier.metadata.architecture
            self._classifiers[self.default] = classifier
        except BadCheckpoint as error:
            self.problem = str(error)
            log.error(self.problem)
        for path in sorted(models.glob("*.pth")):
            if path.name.endswith(".state.pth"):
                continue
            if path.stem in self._classifiers:
                log.warning("%s is left out: the default network has that name.", path)
                continue
            try:
                self._classifiers[path.stem] = _load(path)
            except BadCheckpoint as error:
                log.error(str(error))
        self._trained, self._noticed, self._taking = trained, 0, threading.Lock()
        self._shipped = self._classifiers

    def __getitem__(self, name: str | None) -> tuple[str, DigitClassifier]:
        """The network of that name, or the default one; raises `UnknownModel`, or `BadCheckpoint` if it is broken."""
        self._notice()
        if name is None:
            if self.default is None:
                raise BadCheckpoint(self.problem)
            name = self.default
        if name not in self._classifiers:
            raise UnknownModel(f"There is no network named “{name}”. Known: {', '.join(self._classifiers)}.")
        return name, self._classifiers[name]

    def describe(self) -> dict:
        """What `/api/models` answers."""
        self._notice()
        order = [name for name in ARCHITECTURES if name in self._classifiers] + [
            name for name in self._classifiers if name not in ARCHITECTURES
        ]
        return {"default": self.default, "models": [_describe(name, self._classifiers[name]) for name in order]}

    def _notice(self) -> None:
        """Take in what was trained since; a look at the folder's time is all that this costs otherwise."""
        try:
            changed = self._trained.stat().st_mtime_ns if self._trained else 0
        except OSError:
            changed = 0  # nobody has trained anything yet
        if changed == self._noticed:
            return
        with self._taking:
            classifiers = dict(self._shipped)
            for path in sorted(self._trained.glob("*.pth"), key=lambda path: (len(path.stem), path.stem)):
                if path.stem in classifiers:
                    continue
                try:
                    classifiers[path.stem] = self._classifiers.get(path.stem) or _load(path)
                except BadCheckpoint as error:
                    log.error(str(error))
            self._classifiers, self._noticed = classifiers, changed


def _load(path: Path) -> DigitClassifier:
    classifier = DigitClassifier.from_checkpoint(path)
    try:
        classifier.warm()
    except BadCheckpoint as error:
        raise BadCheckpoint(f"{path}: {error}") from error
    return classifier


def _describe(name: str, classifier: DigitClassifier) -> dict:
    facts = classifier.metadata
    return {
        "name": name,
        "title": ARCHITECTURES[facts.architecture].title
        if name == facts.architecture
        else f"{name} ({facts.architecture})",
        "parameters": classifier.network.parameter_count,
        "test_accuracy": None if facts.test_accuracy is None else round(facts.test_accuracy, 2),
        "temperature": round(classifier.calibration.temperature, 4),
        "layers": [{**asdict(layer), "shape": list(layer.shape)} for layer in classifier.layers],
    }
