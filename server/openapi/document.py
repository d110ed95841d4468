"""The contract of the HTTP calls, as OpenAPI 3.1. A test holds it against the routes and their answers."""

from typing import Any

from server.inference.model_registry import ModelRegistry
from server.openapi.schemas import PICTURE, SCHEMAS, WHICH_MAP
from server.openapi.training import TRAINING_REFUSALS, TRAINING_SCHEMAS, training_paths


def describe(classifiers: ModelRegistry) -> dict[str, Any]:
    """The OpenAPI document; the networks that can be asked for are listed in it."""
    names = [model["name"] for model in classifiers.describe()["models"]]
    model = _query("model", "Which network reads; the default one unless given.", names)
    layers = _query("layers", "all: with what every layer answered.", ["none", "all"], default="none")
    scaled = _query("scaled", "off: the digit stays as small as the whole page shrinks to 28×28.", ["on", "off"], "on")
    centred = _query("centred", "off: the digit stays where it stood on the page.", ["on", "off"], "on")
    models = {
        "name": "models",
        "in": "query",
        "required": False,
        "description": "Which networks read, separated by commas; the default one unless given.",
        "schema": {"type": "array", "items": {"type": "string", "enum": names}},
        "style": "form",
        "explode": False,
    }
    ten = [str(digit) for digit in range(10)]
    digit = _query("digit", "Whose score is explained; that of the digit read unless given.", ten)
    against = _query("against", "Another digit, whose score is taken off: why this one rather than that one?", ten)
    timeline = {"name": "timeline", "in": "query", "description": "Which one; the first unless given.", "schema": _NAME}
    making = _json("Not ready: `done` of `of`. Ask again; the work goes on while somebody asks.", "Making")
    refusals = _refused(*_REFUSALS)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Inkling",
            "version": "1",
            "description": "Pictures of handwritten digits in, readings out.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/api/predict": {
                "post": {
                    "operationId": "predict",
                    "summary": "Read one digit",
                    "description": "All the ink of the picture is taken for one digit. A blank picture is refused.",
                    "parameters": [model, layers, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("The reading.", "Prediction"), **refusals},
                }
            },
            "/api/read": {
                "post": {
                    "operationId": "read",
                    "summary": "Read a page",
                    "description": "A blank page has no digits. Boxes are in pixels of the picture, turned upright.",
                    "parameters": [model],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("Every digit found.", "Page"), **refusals},
                }
            },
            "/api/explain": {
                "post": {
                    "operationId": "explain",
                    "summary": "Every number that one map of a layer was computed from",
                    "description": "As the network computed them: nothing is rounded, no layers are fused.",
                    "parameters": [model, *WHICH_MAP, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("The numbers.", "Explanation"), **refusals},
                }
            },
            "/api/importance": {
                "post": {
                    "operationId": "importance",
                    "summary": "Why one digit is read as it is",
                    "description": "Integrated gradients from bare paper to the drawing: what each pixel adds to the "
                    "score (logit) of a digit. All pixels together make `sum`, which is `drawing` − `paper` but for "
                    "what the finite number of steps misses: for the digit read, about 1 %.",
                    "parameters": [model, digit, against, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("What each pixel adds.", "Importance"), **refusals},
                }
            },
            "/api/variations": {
                "post": {
                    "operationId": "variations",
                    "summary": "Read one digit and small variations of it",
                    "description": "Made of the 28×28 that the networks get: shifted, turned, resized, by thicker and "
                    "thinner pens, blurred and noisy. Readings are in the order of `models`.",
                    "parameters": [models, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("What each network reads.", "Variations"), **refusals},
                }
            },
            "/api/neighbours": {
                "post": {
                    "operationId": "neighbours",
                    "summary": "The training digits that the network finds most like a drawing",
                    "description": "The nearest of those that ship with the project, by the cosine of what comes into "
                    "the last layer.",
                    "parameters": [model, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("The nearest first.", "Neighbours"), "202": making, **refusals},
                }
            },
            "/api/confusion": {
                "get": {
                    "operationId": "confusion",
                    "summary": "How many of MNIST's test digits the network reads as which",
                    "parameters": [model],
                    "responses": {"200": _json("The counts.", "Confusion"), "202": making, **_refused("404", "503")},
                }
            },
            "/api/confusion/digits": {
                "get": {
                    "operationId": "confusionDigits",
                    "summary": "The test digits of one cell: mistakes the surest first, others the least so",
                    "parameters": [
                        model,
                        _query("actual", "What they are.", ten, "0"),
                        _query("read", "Read as.", ten, "0"),
                    ],
                    "responses": {
                        "200": _json("60 of them at most.", "Cell"),
                        "202": making,
                        **_refused("400", "404", "503"),
                    },
                }
            },
            "/api/timeline": {
                "get": {
                    "operationId": "timeline",
                    "summary": "One network at many moments of its training",
                    "description": "What it was worth then, and what its first layer looked for.",
                    "parameters": [timeline],
                    "responses": {"200": _json("The moments.", "Timeline"), **_refused("404", "503")},
                },
                "post": {
                    "operationId": "timelineRead",
                    "summary": "Read one digit with the network as it was at each moment",
                    "description": "All moments at once: probabilities, not calibrated, and the first layer's maps.",
                    "parameters": [timeline, scaled, centred],
                    "requestBody": PICTURE,
                    "responses": {"200": _json("The readings.", "TimelineReading"), **refusals},
                },
            },
            "/api/models": {
                "get": {
                    "operationId": "models",
                    "summary": "The networks that can be asked for, layer by layer",
                    "responses": {"200": _json("The networks.", "Models")},
                }
            },
            **training_paths(PICTURE, [scaled, centred]),
            "/healthz": {"get": _plain("healthz", "The process is alive", {"200": _any_json("Alive.")})},
            "/readyz": {
                "get": _plain(
                    "readyz",
                    "The weights are loaded and a forward pass was done",
                    {
                        "200": _any_json("Ready."),
                        "503": _any_json("The weights are broken; `detail` says how."),
                    },
                )
            },
            "/metrics": {"get": _plain("metrics", "Counts and times for Prometheus", {"200": _text("The counts.")})},
            "/openapi.json": {"get": _plain("openapi", "This document", {"200": _any_json("OpenAPI 3.1.")})},
        },
        "components": {
            "schemas": {**SCHEMAS, **TRAINING_SCHEMAS},
            "responses": {name: _problem(text) for name, text in (_REFUSAL_TEXTS | TRAINING_REFUSALS).items()},
        },
    }
    for path, operations in document["paths"].items():
        if path.startswith("/api/"):
            for operation in operations.values():
                operation["responses"]["429"] = {"$ref": "#/components/responses/TooOften"}
    return document


_NAME = {"type": "string"}
_REFUSALS = {
    "400": "BadRequest",
    "404": "UnknownModel",
    "413": "TooLarge",
    "415": "NotAPicture",
    "422": "Unreadable",
    "503": "Overloaded",
}
_REFUSAL_TEXTS = {
    "BadRequest": "No picture, broken JSON or base64, or an unknown value of a parameter (a layer, a map).",
    "UnknownModel": "No such network or timeline; the detail lists those that exist.",
    "TooLarge": "A body over 10 MB, or a picture over 40 megapixels.",
    "NotAPicture": "Not a PNG, JPEG, WebP, GIF or BMP.",
    "Unreadable": "A damaged picture (`bad-image`), or a blank one (`no-ink`).",
    "TooOften": "More often than INKLING_RATE_LIMIT allows; Retry-After says how many seconds to wait.",
    "Overloaded": "Too much to read at once; Retry-After says how many seconds to wait.",
}


def _refused(*codes: str) -> dict[str, Any]:
    return {code: {"$ref": f"#/components/responses/{_REFUSALS[code]}"} for code in codes}


def _query(name: str, meaning: str, values: list[str], default: str | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": values}
    if default is not None:
        schema["default"] = default
    return {"name": name, "in": "query", "required": False, "description": meaning, "schema": schema}


def _json(text: str, schema: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _any_json(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}


def _text(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"text/plain": {"schema": {"type": "string"}}}}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _plain(operation: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": operation, "summary": summary, "responses": responses}
