"""Checks of HTTP answers, and bodies to post."""

import base64

import numpy as np


def raw(data, kind="image/png"):
    return {"data": data, "content_type": kind}


def form(field, data, filename='; filename="x.png"'):
    head = f'--limit\r\nContent-Disposition: form-data; name="{field}"{filename}\r\n\r\n'
    return raw(head.encode() + data + b"\r\n--limit--\r\n", "multipart/form-data; boundary=limit")


TEXT, MUCH = b"no picture, just some words", b"0" * 10_000_001


def is_problem(answer, status, kind=None):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body.keys() >= {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert kind is None or body["type"] == kind
    assert len(body["detail"]) > 10
    assert "Traceback" not in answer.text
    return body


def poll(client, path, **options):
    """Calls until an incremental task is done; posts if there are options. Returns the answer."""
    call = client.post if options else client.get
    for _ in range(300):
        answer = call(path, **options)
        if answer.status_code != 202:
            assert answer.status_code == 200, answer.text
            return answer
    raise AssertionError("the task does not end")


def images_of(part):
    """Returns the digit images in an answer, uint8."""
    return np.frombuffer(base64.b64decode(part["data"], validate=True), np.uint8).reshape(part["shape"])
