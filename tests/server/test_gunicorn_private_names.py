"""gunicorn's private names that server/gunicorn_worker.py uses still exist."""

import inspect
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("gunicorn does not run on Windows", allow_module_level=True)

from gunicorn.http.parser import Parser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from server.gunicorn_worker import FairWorker

OVERRIDDEN = {
    "init_process": ["self"],
    "load_wsgi": ["self"],
    "notify": ["self"],
    "accept": ["self", "listener"],
    "wait_for_and_dispatch_events": ["self", "timeout"],
    "enqueue_req": ["self", "conn"],
    "handle": ["self", "conn"],
    "finish_request": ["self", "conn", "fs"],
    "_keepalive_after": ["self", "conn", "keepalive"],
    "_cap_keepalive": ["self", "deadline"],
}


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_an_overridden_method_exists_with_the_same_parameters(name):
    assert list(inspect.signature(getattr(ThreadWorker, name)).parameters) == OVERRIDDEN[name]
    assert list(inspect.signature(getattr(FairWorker, name)).parameters) == OVERRIDDEN[name]


def test_every_override_is_listed():
    own = {name for name, value in vars(FairWorker).items() if inspect.isfunction(value)}
    assert {name for name in own if hasattr(ThreadWorker, name)} == OVERRIDDEN.keys()


def test_a_deferred_connection_has_its_marker():
    assert gthread._DEFER is not None


@pytest.mark.parametrize(
    ("where", "names"),
    [
        (TConn, ["initialized", "parser", "data_ready", "timeout", "sock"]),
        (ThreadWorker, ["nr_conns", "pending_conns"]),
        (SocketUnreader, ["sock"]),
    ],
)
def test_an_attribute_is_still_set(where, names):
    source = "".join(inspect.getsource(base) for base in where.__mro__[:-1])
    for name in names:
        assert f"self.{name} =" in source, f"{where.__name__}.{name}"


def test_a_parser_still_has_its_buffer_and_its_end():
    assert "self.buf =" in inspect.getsource(inspect.getmodule(SocketUnreader))
    assert "self.unreader =" in inspect.getsource(Parser)
    assert "deadline" in inspect.signature(Parser.finish_body).parameters
    assert "graceful" in inspect.signature(TConn.close).parameters
