"""The languages that the page speaks: one file each, which the page's scripts read as well."""

import json
from collections.abc import Callable
from functools import cache

from werkzeug.datastructures import LanguageAccept

from server.settings import ROOT

FOLDER = ROOT / "static/lang"
STANDARD = "en"


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, the standard one first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda code: (code != STANDARD, code)))


def chosen(wanted: str | None, accepted: LanguageAccept) -> str:
    """The language asked for by name, or else the best of those that the browser accepts."""
    if wanted in languages():
        return wanted
    return accepted.best_match(languages()) or STANDARD


@cache
def words(language: str) -> Callable[[str], str]:
    """The text of a language under a dotted key such as `pad.clear`; a key without text raises KeyError."""
    every = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))

    def text(key: str) -> str:
        branch = every
        for name in key.split("."):
            branch = branch[name]
        return branch

    return text
