"""The page, and the description of the API."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from server.inference import services
from server.openapi.document import describe
from server.web import languages

pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> Response:
    """The page, in the language of `?lang=`, or the one once chosen, or the one that the browser prefers."""
    wanted = request.args.get("lang"), request.cookies.get(languages.COOKIE)
    language = languages.choose(wanted, request.accept_languages)
    training = current_app.extensions["inkling training"] is not None
    words = languages.translations(language)
    response = make_response(
        render_template(
            "index.html",
            language=language,
            languages=languages.language_names(),
            t=words,
            modules=modules(),
            training=training,
        )
    )
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@pages.get("/openapi.json")
def openapi() -> object:
    """The contract of the HTTP calls."""
    return jsonify(describe(services.models()))


@pages.get("/docs")
def docs() -> str:
    """The contract, for people."""
    return render_template("docs.html", contract=describe(services.models()))


@cache
def modules() -> list[str]:
    """The modules that `main.js` needs, near and far, as paths under static/.

    The page names them all at its head: a browser that finds them only by reading one after the other waits for the
    network once for each storey.
    """
    static = Path(current_app.static_folder).resolve()

    def imported(path: Path, known: set[Path]) -> Iterator[Path]:
        for name in re.findall(r' from "(\.[^"]+)";$', path.read_text("utf-8"), re.MULTILINE):
            other = (path.parent / name).resolve()
            if other not in known:
                known.add(other)
                yield other
                yield from imported(other, known)

    return [str(path.relative_to(static)) for path in imported(static / "js/main.js", set())]
