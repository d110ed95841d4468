"""The contract of the HTTP calls, as OpenAPI 3.1. A test holds it against the routes and their answers."""

from typing import Any

from server.readers import Readers

PNG_EXAMPLE = "data:image/png;base64,iVBORw0KGgo…"


def describe(readers: Readers) -> dict[str, Any]:
    """The OpenAPI document; the networks that can be asked for are listed in it."""
    names = [model["name"] for model in readers.describe()["models"]]
    model = _query("model", "Which network reads; the default one unless given.", names)
    layers = _query("layers", "all: with what every layer answered.", ["none", "all"], default="none")
    scaled = _query("scaled", "off: the digit stays as small as the whole page shrinks to 28×28.", ["on", "off"], "on")
    centred = _query("centred", "off: the digit stays where it stood on the page.", ["on", "off"], "on")
    refusals = {code: {"$ref": f"#/components/responses/{name}"} for code, name in _REFUSALS.items()}
    return {
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
                    "requestBody": _PICTURE,
                    "responses": {"200": _json("The reading.", "Prediction"), **refusals},
                }
            },
            "/api/read": {
                "post": {
                    "operationId": "read",
                    "summary": "Read a page",
                    "description": "A blank page has no digits. Boxes are in pixels of the picture, turned upright.",
                    "parameters": [model],
                    "requestBody": _PICTURE,
                    "responses": {"200": _json("Every digit found.", "Page"), **refusals},
                }
            },
            "/api/explain": {
                "post": {
                    "operationId": "explain",
                    "summary": "Every number that one map of a layer was computed from",
                    "description": "As the network computed them: nothing is rounded, no layers are fused.",
                    "parameters": [model, *_WHICH_MAP, scaled, centred],
                    "requestBody": _PICTURE,
                    "responses": {"200": _json("The numbers.", "Explanation"), **refusals},
                }
            },
            "/api/models": {
                "get": {
                    "operationId": "models",
                    "summary": "The networks that can be asked for, layer by layer",
                    "responses": {"200": _json("The networks.", "Models")},
                }
            },
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
            "schemas": _SCHEMAS,
            "responses": {name: _problem(text) for name, text in _REFUSAL_TEXTS.items()},
        },
    }


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
    "UnknownModel": "No such network; the detail lists those that exist.",
    "TooLarge": "A body over 10 MB, or a picture over 40 megapixels.",
    "NotAPicture": "Not a PNG, JPEG, WebP, GIF or BMP.",
    "Unreadable": "A damaged picture (`bad-image`), or a blank one (`no-ink`).",
    "Overloaded": "Too much to read at once; Retry-After says how many seconds to wait.",
}


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


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


_BINARY = {"type": "string", "format": "binary"}
_PICTURE = {
    "required": True,
    "content": {
        "image/*": {"schema": _BINARY},
        "multipart/form-data": {"schema": _object(image=_BINARY)},
        "application/json": {"schema": _object(image={"type": "string", "examples": [PNG_EXAMPLE]})},
    },
}

_NUMBER, _TEXT, _COUNT = {"type": "number"}, {"type": "string"}, {"type": "integer", "minimum": 0}
_WINDOW = {
    "description": "of a convolution or a pooling, in cells of the maps below",
    "oneOf": [_object(side=_COUNT, stride=_COUNT, padding=_COUNT), {"type": "null"}],
}
_SHAPE = {"type": "array", "items": {"type": "integer", "minimum": 1}}
_KIND = {
    "type": "string",
    "enum": ["conv", "batchnorm", "relu", "pool", "flatten", "linear", "dropout", "softmax"],
}
_BYTES = {
    "type": "string",
    "contentEncoding": "base64",
    "description": "uint8 in C order; in a layer, value = low + byte / 255 · (high − low)",
}
_BOX = {"type": "array", "items": _COUNT, "minItems": 4, "maxItems": 4, "description": "x, y, width, height"}
_INPUT = {"shape": _SHAPE, "data": _BYTES}
_ORIGIN = {
    "size": {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2, "description": "of the picture sent"},
    "box": {**_BOX, "description": "x, y, width, height of the ink in the picture sent"},
    "place": {**_BOX, "description": "x, y, width, height of that box in the 28×28"},
}
_READING = {
    "digit": {"type": "integer", "minimum": 0, "maximum": 9},
    "sure": {"type": "boolean", "description": "whether it looks enough like a plain digit"},
    "doubt": {"enum": ["between", "no-digit", None], "description": "why it is unsure: between two digits, or none"},
    "probabilities": {
        "type": "array",
        "minItems": 10,
        "maxItems": 10,
        "items": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "claim": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "the largest probability as softmax alone would have it, without calibration",
    },
    "input": _object(**_INPUT),
}
_LAYER = _object(name=_TEXT, kind=_KIND, shape=_SHAPE, low=_NUMBER, high=_NUMBER, data=_BYTES)
_PREDICTION = _object(
    **{**_READING, "input": _object(**_INPUT, **_ORIGIN)},
    model=_TEXT,
    milliseconds={"type": "object", "additionalProperties": _NUMBER},
)
_PREDICTION["properties"]["layers"] = {"type": "array", "items": _LAYER, "description": "only with layers=all"}
_WHICH_MAP = [
    {"name": "layer", "in": "query", "required": True, "description": "as /api/models names it", "schema": _TEXT},
    {"name": "map", "in": "query", "description": "counted from 0", "schema": {**_COUNT, "default": 0}},
]
_FLOATS = {
    "shape": {**_SHAPE, "description": "[] for a single number"},
    "data": {"type": "string", "contentEncoding": "base64", "description": "float32, little-endian, in C order"},
}
_NULL = {"type": "null"}
_NORM = {
    "description": "of a BatchNorm: (x − mean) / √(variance + epsilon) · weight + bias",
    "oneOf": [_object(**dict.fromkeys(("mean", "variance", "weight", "bias", "epsilon"), _NUMBER)), _NULL],
}
_EXPLANATION = _object(
    model=_TEXT,
    layer=_TEXT,
    kind=_KIND,
    shape=_SHAPE,
    map=_COUNT,
    window=_WINDOW,
    input={
        **_object(layer=_TEXT, first=_COUNT, **_FLOATS),
        "description": "what comes from `layer` below (`normalize`: the picture, normalised), all or the part that "
        "belongs to this map, beginning with map `first`",
    },
    weights={"oneOf": [_object(**_FLOATS), _NULL], "description": "of a convolution or a linear unit"},
    bias={"type": ["number", "null"]},
    norm=_NORM,
    temperature={"type": ["number", "null"], "description": "of a softmax"},
    output={**_object(**_FLOATS), "description": "the map itself"},
    after={
        "type": "array",
        "items": _object(layer=_TEXT, kind=_KIND, norm=_NORM, **_FLOATS),
        "description": "what the BatchNorm, ReLU and dropout right behind make of it",
    },
)
_SCHEMAS = {
    "Explanation": _EXPLANATION,
    "Prediction": _PREDICTION,
    "Page": _object(
        width=_COUNT,
        height=_COUNT,
        text={**_TEXT, "description": "one line per written line"},
        digits={
            "type": "array",
            "items": _object(box=_BOX, **_READING),
        },
    ),
    "Models": _object(
        default={"type": ["string", "null"]},
        models={
            "type": "array",
            "items": _object(
                name=_TEXT,
                title=_TEXT,
                parameters=_COUNT,
                test_accuracy={"type": ["number", "null"], "description": "percent"},
                temperature={**_NUMBER, "description": "what logits are divided by before softmax"},
                layers={
                    "type": "array",
                    "items": _object(name=_TEXT, kind=_KIND, shape=_SHAPE, parameters=_COUNT, window=_WINDOW),
                },
            ),
        },
    ),
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "status", "detail"],
        "properties": {"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT},
    },
}
