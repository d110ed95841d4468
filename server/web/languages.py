"""The languages that the page speaks: one file each, which the page's scripts read as well."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

from werkzeug.datastructures import LanguageAccept

from digits.paths import shipped

FOLDER = shipped("static/lang")
STANDARD = "en"
COOKIE = "inkling-lang"  # what the visitor chose on the page; static/js/app/language-select.js writes it


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages, the standard one first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda code: (code != STANDARD, code)))


def choose(wanted: Iterable[str | None], accepted: LanguageAccept) -> str:
    """The first of the wanted codes that there is a language for, or else the best that the browser accepts."""
    for code in wanted:
        if code in languages():
            return code
    return accepted.best_match(languages()) or STANDARD


@cache
def translations(language: str) -> Callable[..., str]:
    """The text of a language under a dotted key such as `tools.clear`; a key without text raises KeyError.

    {name} in a text becomes the value of that name: `text("tools.example", digit=3)`.
    """
    every = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))

    def text(key: str, **values: object) -> str:
        branch = every
        for name in key.split("."):
            branch = branch[name]
        return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), branch)

    return text


def language_names() -> dict[str, str]:
    """Every language's code with its own name for itself."""
    return {code: translations(code)("language") for code in languages()}
