"""What a worker process shares between its requests: the loaded models, the queues, the incremental tasks."""

import threading
from collections.abc import Callable, Generator
from typing import Any

from flask import Flask, current_app

from digits.data.dataset import Digits
from digits.recognition.classifier import DigitClassifier
from server.inference.incremental_task import TaskRunner
from server.inference.model_registry import ModelRegistry
from server.inference.request_queue import RequestQueues, slow_thread_budget
from server.settings import Settings

Begin = Callable[[DigitClassifier, Digits], Generator[int, None, Any]]


def register(app: Flask, networks: ModelRegistry, settings: Settings) -> None:
    """Give an app its networks and its queues."""
    waiting = RequestQueues(settings)
    app.extensions["inkling"] = {
        "readers": networks,
        "queues": waiting,
        "uploads": threading.BoundedSemaphore(slow_thread_budget(settings)),
        "workshop": TaskRunner(waiting.drawings.turn),
    }


def models() -> ModelRegistry:
    """The networks that this process serves."""
    return current_app.extensions["inkling"]["readers"]


def task_runner() -> TaskRunner:
    """What this process makes slowly."""
    return current_app.extensions["inkling"]["workshop"]


def queues() -> RequestQueues:
    """Where readings wait for their turn in this process."""
    return current_app.extensions["inkling"]["queues"]


def run_over_digits(begin: Begin, name: str, classifier: DigitClassifier, digits: Digits) -> Any:
    """The result of an incremental task over many digits, or its `Progress`; each request goes on with it a little."""
    return task_runner().get((begin, name), len(digits), lambda: begin(classifier, digits))
