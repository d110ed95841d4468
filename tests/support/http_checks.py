"""Checks of HTTP answers, and bodies to post."""


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
