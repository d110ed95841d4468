"""The networks that this process serves."""

import logging
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import torch

from digits.errors import BadCheckpoint, UnknownModel
from digits.networks.architectures import ARCHITECTURES
from digits.networks.checkpoint import list_checkpoints
from digits.recognition.classifier import DigitClassifier

log = logging.getLogger("inkling")


class ModelRegistry:
    """One `DigitClassifier` per network: the default checkpoint's, and each *.pth of a folder.

    Logs a damaged file and leaves it out. If the default checkpoint is damaged, `problem` holds the reason and the
    other networks are still served. Files that appear in or disappear from the folder `trained` take effect with the
    next request.
    """

    def __init__(self, checkpoint: Path, models: Path, trained: Path | None = None) -> None:
        torch.set_num_threads(1)  # several workers with several threads each would compete for the cores
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
        for path in list_checkpoints(models, add_shipped=True):
            if path.stem in self._classifiers:
                log.warning("%s is left out: the default network has the same name.", path)
                continue
            try:
                self._classifiers[path.stem] = _load(path)
            except BadCheckpoint as error:
                log.error(str(error))
        self._trained, self._trained_mtime_ns, self._reload_lock = trained, 0, threading.Lock()
        self._permanent = self._classifiers

    def __getitem__(self, name: str | None) -> tuple[str, DigitClassifier]:
        """Returns the name and classifier of a network, the default one for None.

        Raises `UnknownModel`, or `BadCheckpoint` if the default network is damaged.
        """
        self._reload_if_changed()
        if name is None:
            if self.default is None:
                raise BadCheckpoint(self.problem)
            name = self.default
        if name not in self._classifiers:
            raise UnknownModel(f"There is no network named “{name}”. Known: {', '.join(self._classifiers)}.")
        return name, self._classifiers[name]

    def describe(self) -> dict[str, Any]:
        """Returns the body of `/api/models`."""
        self._reload_if_changed()
        order = [name for name in ARCHITECTURES if name in self._classifiers]
        order += [name for name in self._classifiers if name not in ARCHITECTURES]
        return {"default": self.default, "models": [_describe(name, self._classifiers[name]) for name in order]}

    def _reload_if_changed(self) -> None:
        """Loads the networks in the folder `trained` again if the folder's modification time has changed."""
        if self._trained is None:
            return
        try:
            mtime_ns = self._trained.stat().st_mtime_ns
        except OSError:
            mtime_ns = 0  # nothing has been trained yet
        if mtime_ns == self._trained_mtime_ns:
            return
        with self._reload_lock:
            classifiers = dict(self._permanent)
            for path in sorted(self._trained.glob("*.pth"), key=lambda path: (len(path.stem), path.stem)):
                if path.stem in classifiers:
                    continue
                try:
                    classifiers[path.stem] = self._classifiers.get(path.stem) or _load(path)
                except BadCheckpoint as error:
                    log.error(str(error))
            self._classifiers, self._trained_mtime_ns = classifiers, mtime_ns


def _load(path: Path) -> DigitClassifier:
    classifier = DigitClassifier.from_checkpoint(path)
    try:
        classifier.warm()
    except BadCheckpoint as error:
        raise BadCheckpoint(f"{path}: {error}") from error
    return classifier


def _describe(name: str, classifier: DigitClassifier) -> dict[str, Any]:
    metadata = classifier.metadata
    own_name = name == metadata.architecture
    return {
        "name": name,
        "title": ARCHITECTURES[metadata.architecture].title if own_name else f"{name} ({metadata.architecture})",
        "parameters": classifier.network.parameter_count,
        "test_accuracy": None if metadata.test_accuracy is None else round(metadata.test_accuracy, 2),
        "temperature": round(classifier.calibration.temperature, 4),
        "layers": [{**asdict(layer), "shape": list(layer.shape)} for layer in classifier.layers],
    }
