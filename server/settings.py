"""All settings of the server: environment variables that begin with INKLING_."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, cast

from digits.paths import find


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _file(name: str, meaning: str) -> Any:
    """Declares a setting whose default is looked up at each start: it depends on the current folder."""
    return field(default_factory=partial(find, name), metadata={"meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The settings. The variable of a field is INKLING_ and the field's name in upper case."""

    checkpoint: Path = _file("mnist_model.pth", "file with the default network's weights")
    models: Path = _file("models", "folder with the weights of the other networks (*.pth)")
    workers: int = _setting(2, "number of worker processes")
    threads: int = _setting(8, "connections that one worker serves at the same time")
    max_pending: int = _setting(6, "length of a worker's request queue; a request that finds it full gets a 503")
    hosts: str = _setting("", "names of the server on the internet, separated by commas; * for any")
    proxies: int = _setting(0, "number of proxies in front, whose X-Forwarded-For, -Proto and -Host are trusted")
    rate_limit: str = _setting("", "limit on the API calls of one address, for example 1200 per minute; empty for none")
    rate_storage: str = _setting("memory://", "store of the counts: each worker's memory, or redis://HOST:PORT for all")
    cors_origins: str = _setting("", "origins of other sites that may call the API, separated by commas; * for all")
    training: bool = _setting(False, "1 allows training in the page, 0 does not; make serve sets 1 for this computer")
    training_minutes: int = _setting(10, "a training in the page stops after this many minutes")
    data: Path = _setting(Path("data"), "folder for MNIST and for the networks trained in the page")
    log_level: str = _setting("info", "debug (all requests), info (without frequent successes), warning or error")
    log_format: str = _setting("auto", "json, text, or auto: text on a terminal, JSON elsewhere")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads the variables. Raises ValueError with the variable's name for a bad value."""
        values = {}
        for setting in fields(cls):
            name = variable(setting.name)
            if name in environment:
                values[setting.name] = _parse(name, cast(type, setting.type), environment[name])
        return cls(**values)


def variable(name: str) -> str:
    """Returns the environment variable of a setting."""
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
        minimum = 0 if name == "INKLING_PROXIES" else 1
        if not text.isdecimal() or int(text) < minimum:
            raise ValueError(f"{name} is {text!r}; it must be a whole number from {minimum}.")
        return int(text)
    if name in _CHOICES and text.lower() not in _CHOICES[name]:
        raise ValueError(f"{name} is {text!r}; it must be one of {', '.join(_CHOICES[name])}.")
    if issubclass(kind, Path):
        return Path(text)
    return text.lower() if name in _CHOICES else text
