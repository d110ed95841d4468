"""The web page, and the description of the API."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from server.inference import services
from server.openapi.document import describe
from server.web import languages

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> Response:
    """Serves the page in the language of `?lang=`, else of the visitor's last choice, else of the browser."""
    codes = request.args.get("lang"), request.cookies.get(languages.COOKIE)
    language = languages.choose(codes, request.accept_languages)
    response = make_response(
        render_template(
            "index.html",
            language=language,
            languages=languages.language_names(),
            t=languages.translations(language),
            modules=modules(),
            training=current_app.extensions["inkling training"] is not None,
        )
    )
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Serves the contract of the API as OpenAPI 3.1."""
    return jsonify(describe(services.models()))


@blueprint.get("/docs")
def docs() -> str:
    """Serves the contract of the API as a page."""
    return render_template("docs.html", contract=describe(services.models()))


@cache
def modules() -> list[str]:
    """Returns all modules that `main.js` imports, directly or not, as paths under static/.

    The page preloads them: a browser that finds them one after the other needs a round trip for each level of imports.
    """
    static = Path(str(current_app.static_folder)).resolve()

    def imported(path: Path, seen: set[Path]) -> Iterator[Path]:
        for name in re.findall(r' from "(\.[^"]+)";$', path.read_text("utf-8"), re.MULTILINE):
            other = (path.parent / name).resolve()
            if other not in seen:
                seen.add(other)
                yield other
                yield from imported(other, seen)

    return [str(path.relative_to(static)) for path in imported(static / "js/main.js", set())]
