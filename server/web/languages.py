"""The languages of the page: one file each, which the page's scripts read as well."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache

from werkzeug.datastructures import LanguageAccept

from digits.paths import shipped

FOLDER = shipped("static/lang")
DEFAULT_LANGUAGE = "en"
COOKIE = "inkling-lang"  # the visitor's choice; static/js/app/language-select.js writes it


@cache
def languages() -> tuple[str, ...]:
    """Returns the codes of all languages, the default one first."""
    return tuple(
        sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda code: (code != DEFAULT_LANGUAGE, code))
    )


def choose(codes: Iterable[str | None], accepted: LanguageAccept) -> str:
    """Returns the first code that is a language of the page, else the best match for the browser."""
    for code in codes:
        if code in languages():
            return code
    return accepted.best_match(languages()) or DEFAULT_LANGUAGE


@cache
def translations(language: str) -> Callable[..., str]:
    """Returns a function from a dotted key such as `tools.clear` to the text of a language.

    {name} in a text becomes the value of that name: `text("tools.example", digit=3)`. An unknown key raises KeyError.
    """
    texts = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))

    def text(key: str, **values: object) -> str:
        branch = texts
        for name in key.split("."):
            branch = branch[name]
        return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), branch)

    return text


def language_names() -> dict[str, str]:
    """Returns each language's code and its name in that language."""
    return {code: translations(code)("language") for code in languages()}
