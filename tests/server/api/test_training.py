"""`/api/training`: real trainings on the bundled digits, in processes of their own."""

import json
import sys
import time

import pytest
import torch
from openapi_checks import validate
from pictures import png
from stand_in import stand_in

from digits.networks import checkpoint
from server import create_app
from server.jobs.training_request import parse
from server.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="the file lock needs Unix")]

LIMIT = 90  # seconds until a training that does not end counts as broken
BRIEF = {"network": "mlp", "digits": 1000, "epochs": 2, "batch_size": 64}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(training=True, data=stand_in(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def allowed(settings):
    """A client of a server that trains."""
    return create_app(settings).test_client()


def follow_events(client):
    """Returns all events until the end, and the number of streams that they came in."""
    known, events, streams, until = "", [], 0, time.monotonic() + LIMIT
    while time.monotonic() < until:
        answer = client.get("/api/training/events", headers={"Last-Event-ID": known})
        if answer.status_code == 204:
            return events, streams
        streams += 1
        for line in answer.text.splitlines():
            if line.startswith("id: "):
                known = line.removeprefix("id: ")
            elif line.startswith("data: "):
                events.append(json.loads(line.removeprefix("data: ")))
    pytest.fail(f"no end: {events[-3:]}")


def test_training_is_off_by_default_and_the_error_says_how_to_allow_it(client):
    for answer in (client.get("/api/training"), client.post("/api/training", json={})):
        assert answer.status_code == 403
        assert answer.get_json()["type"] == "training-off"
        assert "INKLING_TRAINING=1" in answer.get_json()["detail"]
    assert "data-training" not in client.get("/").text


def test_a_network_is_trained_followed_kept_and_used_by_every_worker(allowed, settings, ten, tmp_path):
    contract = allowed.get("/openapi.json").get_json()
    other = create_app(settings).test_client()  # as another worker
    assert allowed.get("/api/training/events").status_code == 204
    assert allowed.post("/api/training/keep", json={}).status_code == 409
    began = allowed.post("/api/training", json=BRIEF)
    assert began.status_code == 201
    validate(contract, "POST", "/api/training", began)
    again = other.post("/api/training", json=BRIEF)
    assert (again.status_code, again.get_json()["type"]) == (409, "training-runs")
    running = other.get("/api/training")
    validate(contract, "GET", "/api/training", running)
    assert running.get_json()["running"]
    assert running.get_json()["job"] == began.get_json()

    events, streams = follow_events(other)
    kinds = [event["event"] for event in events]
    assert streams > 1
    assert kinds[0] == "began"
    assert kinds[-2:] == ["ending", "finished"]
    assert kinds.count("epoch") == 2
    steps = [event for event in events if event["event"] == "step"]
    assert [event["digits"] for event in steps] == sorted({event["digits"] for event in steps})
    assert steps[-1]["digits"] == 2000
    measured = [event for event in events if event["event"] == "measured"]
    assert measured[-1]["accuracy"] > measured[0]["accuracy"] + 30
    assert not allowed.get("/api/training").get_json()["running"]

    for body, read in ((png(ten[0]), 0), (b"", None)):
        look = allowed.post("/api/training/look", data=body, content_type="image/png")
        validate(contract, "POST", "/api/training/look", look)
        reading = look.get_json()["reading"]
        assert (reading and reading["digit"]) == read
    labels = [digit for digit in range(10) for _ in range(4)]
    right = sum(read == label for read, label in zip(look.get_json()["sheet"], labels, strict=True))
    assert right >= 28

    kept = allowed.post("/api/training/keep", json={})
    assert kept.get_json() == allowed.post("/api/training/keep", json={}).get_json() == {"model": "trained-1"}
    listed = {model["name"]: model for model in other.get("/api/models").get_json()["models"]}
    assert listed["trained-1"]["test_accuracy"] == events[-1]["accuracy"]
    reading = other.post("/api/predict?model=trained-1", data=png(ten[0]), content_type="image/png").get_json()
    assert reading["digit"] == 0
    with allowed.get("/api/training/network") as file:
        (tmp_path / "mine.pth").write_bytes(file.data)
    network, facts = checkpoint.load(tmp_path / "mine.pth")
    assert (facts.architecture, facts.training_digits, facts.recipe["epochs"]) == ("mlp", 1000, 2)
    assert sum(tensor.numel() for tensor in network.state_dict().values()) == network.parameter_count
    assert torch.isfinite(next(network.parameters())).all()


def test_a_training_that_cannot_start_reports_the_reason(allowed):
    began = allowed.post("/api/training", json={**BRIEF, "digits": 5000})
    assert began.status_code == 201
    events, _ = follow_events(allowed)
    assert (events[-1]["event"], events[-1]["why"]) == ("failed", "error")
    assert events[-1]["message"].startswith("There are 1,112 digits to learn from, not 5,000.")
    for offset in ("9" * 30, "9" * 5000):  # an id that was never sent: all events are sent again
        answer = allowed.get(f"/api/training/events?after={began.get_json()['id']}-{offset}")
        assert (answer.status_code, answer.text.count("data: ")) == (200, len(events))


def test_a_bad_parameter_is_refused_with_a_drawing_or_without(allowed, ten):
    for drawing in (b"", png(ten[0])):
        answer = allowed.post("/api/training/look?scaled=perhaps", data=drawing, content_type="image/png")
        assert (answer.status_code, answer.get_json()["type"]) == (400, "bad-parameter")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"network": "resnet"}, "network"),
        ({"lr": 0}, "lr"),
        ({"lr": float("nan")}, "lr"),
        ({"lr": "0.1"}, "lr"),
        ({"batch_size": 1.5}, "batch_size"),
        ({"epochs": True}, "epochs"),
        ({"epochs": 10**6}, "from 1 to 200"),
        ({"digits": 3}, "from 10 to 55,000"),
        ({"output": "/etc/passwd"}, "output"),
        ([], "object"),
    ],
    ids=str,
)
def test_a_bad_request_is_refused(body, message, allowed):
    answer = allowed.post("/api/training", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert message in answer.get_json()["detail"]


def test_a_whole_number_may_be_written_as_a_float():
    body = parse(b'{"digits": 203.0, "seed": 7e0, "lr": 1}')
    assert (body.digits, body.seed, body.lr) == (203, 7, 1)
    assert type(body.digits) is type(body.seed) is int


@pytest.mark.parametrize("path", ["", "/stop", "/keep"])
def test_no_other_site_can_start_or_steer_a_training(path, allowed):
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "same-site"}):
        answer = allowed.post(f"/api/training{path}", json={}, headers=headers)
        assert (answer.status_code, answer.get_json()["type"]) == (403, "cross-site")
    answer = allowed.post(f"/api/training{path}", data="{}", content_type="text/plain")
    assert answer.status_code == 415
