"""The page, and the description of the API."""

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from server import languages
from server.openapi import describe

pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> Response:
    """The page, in the language of `?lang=`, or the one once chosen, or the one that the browser prefers."""
    wanted = request.args.get("lang"), request.cookies.get(languages.COOKIE)
    language = languages.chosen(wanted, request.accept_languages)
    words = languages.words(language)
    response = make_response(render_template("index.html", language=language, languages=languages.names(), t=words))
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@pages.get("/openapi.json")
def openapi() -> object:
    """The contract of the HTTP calls."""
    return jsonify(describe(current_app.extensions["inkling"]["readers"]))
