"""/api/: why a drawing is read as it is, and what small changes do to its reading."""

from typing import Any

import numpy as np
from flask import Blueprint, Response

from digits.importance import importance
from digits.reading import Reading
from digits.variations import variations
from server import calls

why = Blueprint("why", __name__, url_prefix="/api")


@why.post("/importance")
def importances() -> Response:
    """One drawing → what each of its pixels adds to the score of `digit`, less that of the digit `against`."""
    name, reader = calls.network()
    asked, against = calls.digit("digit"), calls.digit("against")
    picture = calls.picture()
    with calls.queues().long.place():
        prepared = calls.prepared(reader, picture)
        digit = reader.answer(prepared).digit if asked is None else asked
        against = None if against == digit else against
        found = importance(reader.network, prepared.image, digit, against)
    body = {
        "model": name,
        "digit": digit,
        "against": against,
        "input": calls.input_of(prepared),
        "pixels": calls.floats_of(found.pixels),
        "drawing": found.drawing,
        "paper": found.paper,
        "sum": found.total,
    }
    return calls.answer(body)


@why.post("/variations")
def variation() -> Response:
    """One drawing and its variations → what each of the networks `models` makes of them."""
    networks = calls.networks()
    picture = calls.picture()
    with calls.queues().long.place():
        prepared = calls.prepared(next(iter(networks.values())), picture)
        changed = variations(prepared.image)
        images = np.stack([prepared.image, *(each.image for each in changed)])
        boxes = [prepared.box] * len(images)
        readings = list(zip(*(reader.answers(images, boxes) for reader in networks.values()), strict=True))
    body = {
        "models": list(networks),
        "readings": [_brief(reading) for reading in readings[0]],
        "variations": [
            {
                "kind": each.kind,
                "amount": each.amount,
                "image": calls.image_of(each.image),
                "readings": [_brief(reading) for reading in row],
            }
            for each, row in zip(changed, readings[1:], strict=True)
        ],
    }
    return calls.answer(body)


def _brief(reading: Reading) -> dict[str, Any]:
    return {
        "digit": reading.digit,
        "sure": reading.sure,
        "probability": reading.probabilities[reading.digit],
    }
