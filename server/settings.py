"""Every setting of the server, in one table: environment variables that begin with INKLING_."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

from digits.paths import find


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _file(name: str, meaning: str) -> Any:
    """Declares a setting whose default is looked up at each start: it depends on the current folder."""
    return field(default_factory=partial(find, name), metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The fields are the settings; INKLING_ and the upper-case name of the field is the variable."""

    checkpoint: Path = _file("mnist_model.pth", "the default network's weights")
    models: Path = _file("models", "a folder with the other networks' weights (*.pth)")
    workers: int = _setting(2, "processes that read digits")
    threads: int = _setting(8, "connections that one worker answers at a time")
    max_pending: int = _setting(6, "places in a worker's queue of readings; who waits long for one gets a 503")
    hosts: str = _setting("", "names on the internet by which the server is called, separated by commas; * for any")
    proxies: int = _setting(0, "proxies in front, whose X-Forwarded-For, -Proto and -Host count")
    rate_limit: str = _setting("", "how often one address may call the API, like 1200 per minute; empty for no limit")
    rate_storage: str = _setting("memory://", "where they are counted: in each worker, or in redis://HOST:PORT for all")
    cors_origins: str = _setting("", "origins of other sites that may call the API, separated by commas; * for all")
    training: bool = _setting(
        False, "whether networks can be trained in the page: 1 or 0; make serve allows it to this computer alone"
    )
    training_minutes: int = _setting(10, "after so many minutes such a training is stopped")
    data: Path = _setting(Path("data"), "where MNIST lies or is put, and what is trained in the page")
    log_level: str = _setting(
        "info", "debug (every request), info (all but the frequent ones that went well), warning or error"
    )
    log_format: str = _setting("auto", "json, text, or auto: text on a terminal and JSON elsewhere")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the variables; raises ValueError that names the variable whose value is no good."""
        values = {}
        for setting in fields(cls):
            name = variable(setting.name)
            if name in environment:
                values[setting.name] = _parse(name, setting.type, environment[name])
        return cls(**values)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"INKLING_{name.upper()}"


_CHOICES = {
    "INKLING_LOG_LEVEL": ("debug", "info", "warning", "error"),
    "INKLING_LOG_FORMAT": ("auto", "json", "text"),
}


def _parse(name: str, kind: type, text: str) -> Any:
    if kind is bool:
        if text not in ("0", "1"):
            raise ValueError(f"{name} is {text!r}; it must be 1 or 0.")
        return text == "1"
    if issubclass(kind, int):
        least = 0 if name == "INKLING_PROXIES" else 1
        if not text.isdecimal() or int(text) < least:
            raise ValueError(f"{name} is {text!r}; it must be a whole number from {least}.")
        return int(text)
    if name in _CHOICES and text.lower() not in _CHOICES[name]:
        raise ValueError(f"{name} is {text!r}; it must be one of {', '.join(_CHOICES[name])}.")
    return Path(text) if issubclass(kind, Path) else text.lower() if name in _CHOICES else text
