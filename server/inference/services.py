"""The shared resources of a worker process: models, queues, upload slots, incremental tasks."""

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from digits.data.dataset import Digits
from digits.recognition.classifier import DigitClassifier
from server.inference.incremental_task import TaskRunner
from server.inference.model_registry import ModelRegistry
from server.inference.request_queue import RequestQueues, slow_thread_budget
from server.settings import Settings

Begin = Callable[[DigitClassifier, Digits], Generator[int, None, Any]]


@dataclass(frozen=True)
class Services:
    """The shared resources of one worker process."""

    models: ModelRegistry
    queues: RequestQueues
    upload_slots: threading.BoundedSemaphore
    task_runner: TaskRunner


def init_app(app: Flask, registry: ModelRegistry, settings: Settings) -> None:
    """Gives an app its models, queues, upload slots and task runner."""
    request_queues = RequestQueues(settings)
    app.extensions["inkling"] = Services(
        models=registry,
        queues=request_queues,
        upload_slots=threading.BoundedSemaphore(slow_thread_budget(settings)),
        task_runner=TaskRunner(request_queues.drawings.lock),
    )


def models() -> ModelRegistry:
    """Returns the networks that this process serves."""
    return _services().models


def queues() -> RequestQueues:
    """Returns the request queues of this process."""
    return _services().queues


def upload_slots() -> threading.BoundedSemaphore:
    """Returns the semaphore that bounds the slow uploads of this process."""
    return _services().upload_slots


def task_runner() -> TaskRunner:
    """Returns the runner of this process's incremental tasks."""
    return _services().task_runner


def run_over_digits(begin: Begin, name: str, classifier: DigitClassifier, digits: Digits) -> Any:
    """Returns the result of a task over many digits, or its `Progress`; each call continues the task."""
    return task_runner().get((begin, name), len(digits), lambda: begin(classifier, digits))


def _services() -> Services:
    return current_app.extensions["inkling"]
