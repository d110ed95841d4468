"""What a worker process shares between its requests: the loaded models, the queues, the incremental tasks."""

import threading
from collections.abc import Callable, Generator
from typing import Any

from flask import Flask, current_app

from digits.data.dataset import Digits
from digits.recognition.classifier import Reader
from server.inference.incremental_task import Workshop
from server.inference.model_registry import Readers
from server.inference.request_queue import Queues, half
from server.settings import Settings

Begin = Callable[[Reader, Digits], Generator[int, None, Any]]


def register(app: Flask, networks: Readers, settings: Settings) -> None:
    """Give an app its networks and its queues."""
    waiting = Queues(settings)
    app.extensions["inkling"] = {
        "readers": networks,
        "queues": waiting,
        "uploads": threading.BoundedSemaphore(half(settings)),
        "workshop": Workshop(waiting.drawings.turn),
    }


def readers() -> Readers:
    """The networks that this process serves."""
    return current_app.extensions["inkling"]["readers"]


def workshop() -> Workshop:
    """What this process makes slowly."""
    return current_app.extensions["inkling"]["workshop"]


def queues() -> Queues:
    """Where readings wait for their turn in this process."""
    return current_app.extensions["inkling"]["queues"]


def over_digits(begin: Begin, name: str, reader: Reader, digits: Digits) -> Any:
    """The result of an incremental task over many digits, or its `Progress`; each request goes on with it a little."""
    return workshop().get((begin, name), len(digits), lambda: begin(reader, digits))
