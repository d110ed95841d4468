"""The page, and the description of the API."""

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from server import languages
from server.openapi import describe

pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> Response:
    """The page, in the language of `?lang=` or in the one that the browser prefers."""
    language = languages.chosen(request.args.get("lang"), request.accept_languages)
    response = make_response(render_template("index.html", language=language, t=languages.words(language)))
    response.vary.add("Accept-Language")
    return response


@pages.get("/openapi.json")
def openapi() -> object:
    """The contract of the HTTP calls."""
    return jsonify(describe(current_app.extensions["inkling"]["readers"]))
