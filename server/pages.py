"""The page, and the description of the API."""

from flask import Blueprint, current_app, jsonify, render_template

from server.openapi import describe

pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> str:
    """The page."""
    return render_template("index.html")


@pages.get("/openapi.json")
def openapi() -> object:
    """The contract of the HTTP calls."""
    return jsonify(describe(current_app.extensions["inkling"]["readers"]))
