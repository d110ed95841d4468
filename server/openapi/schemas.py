"""What the HTTP calls take and answer, as JSON Schema; server/openapi.py puts it into the contract."""

from typing import Any

from digits.explain.perturbations import KINDS

# A 7 in 20×20 pixels, whole, so that whoever tries the example is answered.
PNG_EXAMPLE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABQAAAAUAQAAAACl8iCgAAAAOUlEQVR42mP8z/CRiYGBgYmBgYHhA0MBwweGD4z//35h"
    "YvjLABH/BaW/QOkXUPoCRM9/+w+MSGYAAPvqEQG+alDIAAAAAElFTkSuQmCC"
)


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _with(**fields: dict[str, Any]) -> dict[str, Any]:
    """An object that is sent: what else is in it is not looked at."""
    return {"type": "object", "required": list(fields), "properties": fields}


_BINARY = {"type": "string", "format": "binary"}
PICTURE = {
    "required": True,
    "content": {
        "image/*": {"schema": _BINARY},
        "multipart/form-data": {"schema": _with(image=_BINARY)},
        "application/json": {"schema": _with(image={"type": "string", "examples": [PNG_EXAMPLE]})},
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
        "description": "calibrated shares of the ten digits; the largest is the digit's, however unsure it is",
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
WHICH_MAP = [
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
    rate={"type": ["number", "null"], "description": "the share of numbers that dropout sets to 0 in training"},
    output={**_object(**_FLOATS), "description": "the map itself"},
    after={
        "type": "array",
        "items": _object(layer=_TEXT, kind=_KIND, norm=_NORM, **_FLOATS),
        "description": "what the BatchNorm, ReLU and dropout right behind make of it",
    },
)
_DIGIT = {"type": "integer", "minimum": 0, "maximum": 9}
_BRIEF = {"type": "array", "items": _object(digit=_DIGIT, sure={"type": "boolean"}, probability=_NUMBER)}
_ROW = {**_COUNT, "description": "in MNIST's own order"}
_TEN_COUNTS = {"type": "array", "items": _COUNT, "minItems": 10, "maxItems": 10}
_IMAGES = _object(
    shape={"type": "array", "items": _COUNT, "minItems": 3, "maxItems": 3},
    data={**_BYTES, "description": "uint8, 0 = paper, 255 = ink, one digit after the other"},
)
_SIMILARITY = {"type": "number", "minimum": 0, "maximum": 1}
_MOMENTS = _object(
    shape={**_SHAPE, "minItems": 4, "maxItems": 4, "description": "moments, maps or units, height, width"},
    limit={**_NUMBER, "description": "the largest of all numbers, whatever its sign"},
    data={**_BYTES, "description": "uint8 in C order; value = (byte − 128) / 127 · limit"},
)
SCHEMAS = {
    "Timeline": _object(
        timeline=_TEXT,
        timelines={"type": "array", "items": _TEXT, "description": "all that there are"},
        model=_TEXT,
        title=_TEXT,
        measured={**_COUNT, "description": "test digits that the network was tried on at each moment"},
        moments={
            "type": "array",
            "items": _object(
                digits={**_COUNT, "description": "learnt from so far, each as often as it was met"},
                loss={**_NUMBER, "description": "mean cross-entropy on those test digits"},
                accuracy={**_NUMBER, "description": "percent of them read right"},
            ),
        },
        layer={**_TEXT, "description": "the first one that learns"},
        units={**_COUNT, "description": "maps that it makes, or numbers in its list"},
        kernels={**_MOMENTS, "description": "the weights of all of them, or of the first ones"},
    ),
    "TimelineReading": _object(
        timeline=_TEXT,
        input=_object(**_INPUT, **_ORIGIN),
        probabilities={"type": "array", "items": _READING["probabilities"], "description": "a row for each moment"},
        maps={"oneOf": [_MOMENTS, _NULL], "description": "of the first layer, if it is a convolution"},
        milliseconds=_NUMBER,
    ),
    "Explanation": _EXPLANATION,
    "Importance": _object(
        model=_TEXT,
        digit=_DIGIT,
        against={"oneOf": [_DIGIT, {"type": "null"}]},
        input=_object(**_INPUT, **_ORIGIN),
        pixels=_object(**_FLOATS),
        drawing={**_NUMBER, "description": "the score of the drawing"},
        paper={**_NUMBER, "description": "the score of bare paper"},
        sum={**_NUMBER, "description": "all pixels together"},
    ),
    "Variations": _object(
        models={"type": "array", "items": _TEXT},
        readings={**_BRIEF, "description": "of the drawing itself"},
        variations={
            "type": "array",
            "items": _object(
                kind={"enum": list(KINDS)},
                amount={**_NUMBER, "description": "pixels of the 28, degrees, or percent"},
                image=_object(**_INPUT),
                readings=_BRIEF,
            ),
        },
    ),
    "Prediction": _PREDICTION,
    "Making": _object(model=_TEXT, done=_COUNT, of=_COUNT),
    "Neighbours": _object(
        model=_TEXT,
        of={**_COUNT, "description": "digits searched"},
        layer={**_TEXT, "description": "whose answers are compared"},
        features={**_COUNT, "description": "numbers in each of them"},
        votes={**_TEN_COUNTS, "description": "how many of the nearest are which digit"},
        neighbours={"type": "array", "items": _object(row=_ROW, label=_DIGIT, similarity=_SIMILARITY)},
        images=_IMAGES,
    ),
    "Confusion": _object(
        model=_TEXT,
        of=_COUNT,
        wrong=_COUNT,
        wrong_unsure={**_COUNT, "description": "mistakes that were called unsure"},
        accuracy={**_NUMBER, "description": "percent"},
        counts={
            "type": "array",
            "items": _TEN_COUNTS,
            "minItems": 10,
            "maxItems": 10,
            "description": "a row for each digit, a column for what it was read as",
        },
    ),
    "Cell": _object(
        model=_TEXT,
        actual=_DIGIT,
        read=_DIGIT,
        total=_COUNT,
        digits={
            "type": "array",
            "items": _object(row=_ROW, sure=_READING["sure"], probabilities=_READING["probabilities"]),
        },
        images=_IMAGES,
    ),
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
