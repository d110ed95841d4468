"""The part of the contract that is about /api/training."""

from typing import Any

from server.jobs.training_request import FIELD_RULES

_NUMBER, _TEXT, _COUNT = {"type": "number"}, {"type": "string"}, {"type": "integer", "minimum": 0}
_MEANINGS = {
    "lr": "learning rate",
    "digits": "how many to learn from, the first of MNIST's",
    "augment": "how far they are varied at random",
    "epochs": "how often each is learnt from",
    "seed": "decides the first weights and the order",
}


def _object(required: list[str] | None = None, **properties: dict[str, Any]) -> dict[str, Any]:
    names = list(properties) if required is None else required
    return {"type": "object", "required": names, "properties": properties, "additionalProperties": False}


def _wish(name: str) -> dict[str, Any]:
    bound = FIELD_RULES[name]
    kind = "number" if bound.kind is float else "integer"
    schema: dict[str, Any] = {"type": kind, "minimum": bound.least, "maximum": bound.most}
    if bound.choices:
        schema = {"type": "string", "enum": list(bound.choices)}
    return schema | ({"description": _MEANINGS[name]} if name in _MEANINGS else {})


_WISH = {name: _wish(name) for name in FIELD_RULES}
_FLOATS = {"type": "string", "contentEncoding": "base64", "description": "float32, little-endian, in C order"}
_SHARES = {"type": "array", "items": _NUMBER, "minItems": 10, "maxItems": 10}
_DIGIT = {"type": "integer", "minimum": 0, "maximum": 9}
TRAINING_SCHEMAS = {
    "Wish": {**_object([], **_WISH), "description": "What is left out is as the network is usually trained."},
    "Job": _object(id=_TEXT, **_WISH),
    "Training": _object(
        running={"type": "boolean"},
        paused={"type": "boolean"},
        minutes={**_COUNT, "description": "after so many of learning it is stopped"},
        job={
            "description": "the training that runs, or ran last",
            "oneOf": [{"$ref": "#/components/schemas/Job"}, {"type": "null"}],
        },
        defaults={
            "type": "object",
            "additionalProperties": _object(**{name: _WISH[name] for name in ("lr", "batch_size", "optimizer")}),
        },
        bounds={
            "type": "object",
            "additionalProperties": {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
        },
    ),
    "Steered": _object(wanted={"enum": ["pause", "resume", "stop"]}),
    "Kept": _object(model={**_TEXT, "description": "its name in the list of networks"}),
    "Look": _object(
        reading={
            "description": "of the drawing, if there is one",
            "oneOf": [_object(digit=_DIGIT, probabilities=_SHARES), {"type": "null"}],
        },
        kernels=_object(
            of={**_COUNT, "description": "kernels, or units, in the first layer, of which these are the first ones"},
            shape={"type": "array", "items": _COUNT, "minItems": 3, "maxItems": 3},
            data=_FLOATS,
        ),
        sheet={
            "type": "array",
            "items": _DIGIT,
            "description": "what it reads in forty test digits, four of each class: columns 0, 10, 20 and 30 of "
            "/static/img/test_digits.png, row by row",
        },
    ),
}


def training_paths(picture: dict[str, Any], parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """The paths; `picture` and `parameters`: how a drawing is sent."""
    refused = {"403": {"$ref": "#/components/responses/TrainingOff"}}
    refused_too = {**refused, "409": {"$ref": "#/components/responses/NotNow"}}
    steered = {**refused_too, "415": {"$ref": "#/components/responses/NotJson"}}
    wish = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}}
    nothing = {
        "required": True,
        "description": "Any JSON: what counts is its type, which no form of another site can have.",
        "content": {"application/json": {"schema": {}}},
    }
    after = {"name": "after", "in": "query", "description": "the id of the last event known", "schema": _TEXT}
    words = {"pause": "Let the training rest", "resume": "Let it go on", "stop": "End it, keeping whole epochs"}
    look = {**steered, **{code: {"$ref": f"#/components/responses/{name}"} for code, name in _ABOUT_PICTURES.items()}}
    return {
        "/api/training": {
            "get": _operation(
                "training",
                "What may be trained, and how the latest training stands",
                {"200": _json("Training"), **refused},
            ),
            "post": _operation(
                "startTraining",
                "Begin a training",
                {
                    "201": _json("Job"),
                    **steered,
                    "400": {"$ref": "#/components/responses/BadRequest"},
                    "507": {"$ref": "#/components/responses/NoFolder"},
                },
                requestBody=wish,
            ),
        },
        **{
            f"/api/training/{word}": {
                "post": _operation(
                    f"{word}Training", summary, {"202": _json("Steered"), **steered}, requestBody=nothing
                )
            }
            for word, summary in words.items()
        },
        "/api/training/events": {
            "get": _operation(
                "trainingEvents",
                "What happens, as server-sent events",
                {
                    "200": _as("The events since, each a JSON object with `event`.", "text/event-stream", {}),
                    "204": {"description": "There is nothing more to come."},
                    **refused,
                },
                parameters=[after],
                description="A stream ends after some seconds; ask for the rest with `after` or `Last-Event-ID`.",
            )
        },
        "/api/training/look": {
            "post": _operation(
                "lookAtTraining",
                "What the network, as it is now, makes of a drawing and of forty test digits",
                {"200": _json("Look"), **look},
                parameters=parameters,
                requestBody={**picture, "required": False},
            )
        },
        "/api/training/keep": {
            "post": _operation(
                "keepTrained",
                "Put the network, as it is now, into the list of networks",
                {"200": _json("Kept"), **steered},
                requestBody=nothing,
            )
        },
        "/api/training/network": {
            "get": _operation(
                "trainedNetwork",
                "The network, as it is now, as a checkpoint",
                {
                    "200": _as("The file.", "application/octet-stream", {"type": "string", "format": "binary"}),
                    **refused_too,
                },
            )
        },
    }


_ABOUT_PICTURES = {
    "400": "BadRequest",
    "413": "TooLarge",
    "415": "NotAPicture",
    "422": "Unreadable",
    "503": "Overloaded",
}
TRAINING_REFUSALS = {
    "TrainingOff": "This server trains nothing (`training-off`: the detail says what allows it), or another site asks.",
    "NotNow": "Another training runs, or none does, or nothing is learnt yet.",
    "NotJson": "The body's type is not application/json.",
    "NoFolder": "The folder for it cannot be written.",
}


def _operation(name: str, summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": responses, **more}


def _json(schema: str) -> dict[str, Any]:
    return _as(f"{schema}.", "application/json", {"$ref": f"#/components/schemas/{schema}"})


def _as(text: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {kind: {"schema": schema}}}
