"""Calls every operation with valid and invalid data that Schemathesis makes from the contract.

The checks are Schemathesis's own: no 5xx, only the documented statuses, media types and shapes, bad values refused,
other methods answered with 405 and `Allow`.
"""

import json
import shutil
import types

import pytest
from fuzzing import tried
from hypothesis import strategies as st
from pictures import ROOT, blank, drawn, encoded

from digits.data.bundled import page_digits
from server import create_app
from server.inference import incremental_task
from server.jobs.job_manager import JobManager
from server.settings import Settings

pytestmark = pytest.mark.slow

schemathesis = pytest.importorskip("schemathesis", reason="needs Python 3.11")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

DIGIT = encoded(drawn(page_digits().images[120].numpy(), 60).convert("L"))
PICTURES = st.sampled_from([DIGIT, DIGIT, DIGIT[:70], blank()]) | st.binary(max_size=200)
schemathesis.openapi.media_type("image/*", PICTURES)
schemathesis.openapi.format("binary", PICTURES)  # in a form

CALLS = schemathesis.openapi.from_wsgi("/openapi.json", create_app(Settings()))


@pytest.fixture(autouse=True)
def short_slices(monkeypatch):
    """Splits incremental tasks into many short requests."""
    monkeypatch.setattr(incremental_task, "SLICE_SECONDS", 0.01)


@pytest.fixture(scope="module")
def training_server(tmp_path_factory):
    """Returns a server with a finished training and its folder; no other training really starts."""
    data = tmp_path_factory.mktemp("data")
    (data / "training").mkdir()
    shutil.copyfile(ROOT / "models/four_conv_tiny.pth", data / "training/network.pth")
    return create_app(Settings(training=True, data=data)), data / "training"


def call_and_check(case, **options):
    # No schema can describe the bytes of a picture with ink, so valid data may still be refused.
    of_a_picture = any(body.media_type == "image/*" for body in case.operation.body)
    excluded = [checks.positive_data_acceptance] if of_a_picture else []
    case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=excluded, **options)


def without_training(case):
    call_and_check(case)


def with_training(case, training_server, monkeypatch):
    app, folder = training_server
    job = {"id": "0123", "network": "four_conv_tiny", "lr": 0.001, "batch_size": 64, "optimizer": "adam",
           "digits": 1000, "augment": "light", "epochs": 1, "seed": 1}  # fmt: skip
    monkeypatch.setattr(JobManager, "prepare", lambda jobs: None)
    monkeypatch.setattr(JobManager, "start", lambda jobs, training: job)
    (folder / "job.json").write_text(json.dumps(job))
    call_and_check(case, app=app, buffered=True)  # so that sent files are closed


def a_test(ask, name):
    """Returns the test of one operation, a new function: pytest-xdist identifies tests by name."""
    ask = types.FunctionType(ask.__code__, ask.__globals__, name)
    return CALLS.include(operation_id=name).parametrize()(tried(10)(ask))


for path, calls in CALLS.raw_schema["paths"].items():
    for call in calls.values():
        globals()[f"test_{call['operationId']}"] = a_test(without_training, call["operationId"])
        if path.startswith("/api/training"):
            globals()[f"test_{call['operationId']}_where_training_is_allowed"] = a_test(
                with_training, call["operationId"]
            )
