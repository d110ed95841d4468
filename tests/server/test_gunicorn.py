"""gunicorn, as `python -m digits serve` runs it."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from gunicorn_server import LIMIT, Server
from pictures import ROOT, png
from stand_in import stand_in

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")]


def test_one_connection_serves_many_drawings(server, ten):
    with server.connection() as connection:
        connection.connect()
        address = connection.sock.getsockname()
        for digit, image in enumerate(ten):
            status, body, _ = server.ask(connection, "POST", "/api/predict?layers=all", png(image))
            assert status == 200
            assert json.loads(body)["digit"] == digit
            assert connection.sock.getsockname() == address


def test_the_page_and_its_files_are_served(server):
    status, page, headers = server.get("/")
    assert status == 200
    assert b'id="pad"' in page
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert server.get("/static/img/test_digits.png")[0] == 200


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", ["/api/predict", "/api/read"])
def test_the_sender_of_a_too_large_body_receives_the_reason(path, chunked, server):
    body = iter([b"0" * 1_000_000] * 11) if chunked else b"0" * 11_000_000
    with server.connection() as connection:
        status, answer, _ = server.ask(connection, "POST", path, body)
    assert status == 413
    assert json.loads(answer)["type"] == "body-too-large"


def test_a_chunked_drawing_is_read(server, ten):
    data = png(ten[8])
    with server.connection() as connection:
        status, answer, _ = server.ask(connection, "POST", "/api/predict", iter([data[:500], data[500:]]))
    assert (status, json.loads(answer)["digit"]) == (200, 8)


def test_the_counts_of_all_workers_add_up(server, ten):
    before = server.count()
    data, failures = png(ten[5]), []

    def send_drawings():
        for _ in range(10):
            if server.predict(data)[0] != 200:
                failures.append(1)

    clients = [threading.Thread(target=send_drawings) for _ in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(LIMIT)
    assert not failures
    assert len(server.workers()) == 2
    assert {server.count() for _ in range(8)} == {before + 40}  # from either worker
    # A worker updates its memory gauge when it answers /metrics, and every five seconds.
    server.wait_for(lambda: server.get("/metrics")[1].count(b"\ninkling_memory_bytes{") == 2)


def test_a_class_of_forty_that_posts_all_at_once_is_served(server, ten):
    start, answers = threading.Barrier(40), []

    def send(digit):
        start.wait(LIMIT)
        status, body, _ = server.predict(png(ten[digit]))
        answers.append((status, body.get("digit")) == (200, digit))

    clients = [threading.Thread(target=send, args=(number % 10,)) for number in range(40)]
    for one in clients:
        one.start()
    for one in clients:
        one.join(LIMIT)
    assert answers == [True] * 40


def test_without_a_terminal_the_log_is_json(server):
    status, _, headers = server.get("/api/models")
    number = headers["X-Request-ID"]
    server.wait_for(lambda: any(number in line for line in server.lines()))
    records = [json.loads(line) for line in server.lines() if not line.startswith("Inkling is starting")]
    [line] = [line for line in records if line.get("request_id") == number]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/models", status)
    assert line["level"] == "INFO"
    assert line["milliseconds"] > 0
    assert {"time", "logger", "message"} <= line.keys()


def test_successful_predictions_are_not_logged_and_refused_ones_are(server, ten):
    _, _, read = server.predict(png(ten[5]))
    _, _, refused = server.predict(b"no picture")
    server.wait_for(lambda: any(refused["X-Request-ID"] in line for line in server.lines()))
    assert not any(read["X-Request-ID"] in line for line in server.lines())


def test_a_reload_loads_new_weights_and_fails_no_request_then_term_ends_cleanly(tmp_path, ten):
    checkpoint = tmp_path / "mnist_model.pth"
    shutil.copy(ROOT / "models/mlp.pth", checkpoint)
    server = Server(tmp_path, INKLING_CHECKPOINT=str(checkpoint))
    data, seen, failures, stop = png(ten[7]), [], [], threading.Event()

    def send_drawings():
        while not stop.is_set():
            try:
                status, body, _ = server.predict(data)
                seen.append(body.get("model"))
                if status != 200:
                    failures.append(body)
            except (OSError, http.client.HTTPException) as error:
                failures.append(repr(error))
            time.sleep(0.005)

    try:
        assert server.predict(data)[1]["model"] == "mlp"
        client = threading.Thread(target=send_drawings, daemon=True)
        client.start()
        shutil.copy(ROOT / "models/two_conv.pth", tmp_path / "new.pth")
        (tmp_path / "new.pth").replace(checkpoint)
        server.process.send_signal(signal.SIGHUP)
        server.wait_for(lambda: len(seen) >= 20 and set(seen[-20:]) == {"two_conv"})
        stop.set()
        client.join(LIMIT)
        assert failures == []
        assert server.count() == len(seen) + 1  # counted on over the reload
    finally:
        stop.set()
        server.stop()
    assert server.process.returncode == 0
    assert [path.name for path in server.temporary.iterdir() if "inkling" in path.name] == []


def test_term_finishes_the_current_request_and_leaves_no_files(tmp_path, ten):
    server, data = Server(tmp_path, INKLING_WORKERS="1"), png(ten[4])
    try:
        with server.connection() as connection:
            connection.putrequest("POST", "/api/predict")
            connection.putheader("Content-Type", "image/png")
            connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data[:100])
            server.wait_for(
                lambda: server.get("/healthz")[0] == 200
            )  # a later request is answered, so the first one has begun
            server.process.terminate()
            time.sleep(0.5)
            assert server.process.poll() is None
            connection.send(data[100:])
            answer = connection.getresponse()
            assert (answer.status, json.loads(answer.read())["digit"]) == (200, 4)
    finally:
        server.stop()
    assert server.process.returncode == 0
    assert list(server.temporary.glob("*inkling*")) == []
    assert "Traceback" not in server.log.read_text()


WITHOUT_GUNICORN = """
import importlib.util, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores Ctrl-C
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "gunicorn" else found(name, *rest)
from digits.cli import main
main()
"""


def test_without_gunicorn_flask_serves(tmp_path, ten):
    server = Server(tmp_path, command=("-c", WITHOUT_GUNICORN))
    try:
        status, answer, _ = server.predict(png(ten[6]))
        assert (status, answer["digit"]) == (200, 6)
        assert "gunicorn" not in server.log.read_text()
        # Like Ctrl-C at a terminal: to the command and to the server that it has started.
        os.killpg(server.process.pid, signal.SIGINT)
        server.process.wait(LIMIT)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)


def test_a_training_outlives_a_worker_but_not_the_server(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    data = stand_in(tmp_path / "data")
    server = Server(tmp_path, INKLING_DATA=str(data), INKLING_WORKERS="1")

    def running():
        return json.loads(server.get("/api/training")[1])["running"]

    def lock_is_free():
        with (data / "training/lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    try:
        with server.connection() as connection:
            headers = {"Content-Type": "application/json"}
            connection.request(
                "POST", "/api/training", '{"network": "three_block", "digits": 1000, "epochs": 200}', headers
            )
            assert connection.getresponse().status == 201
        before = server.workers()
        server.process.send_signal(signal.SIGHUP)
        server.wait_for(lambda: server.workers() - before and running())
        events = data / "training/events.jsonl"
        server.wait_for(lambda: "measured" in events.read_text())
        assert running()
    finally:
        server.stop()
    until = time.monotonic() + LIMIT
    while not lock_is_free():
        assert time.monotonic() < until, "the training continues without its server"
        time.sleep(0.05)
    assert "finished" not in events.read_text()


# Everything is read-only except a small file system, which the test fills when the server has started.
SMALL_DISK = """
import os, sys
mounts = 'mount -t tmpfs -o size=20m none "$TMPDIR" && mount -o remount,ro,bind / && exec "$@"'
os.execvp("unshare", ["unshare", "-rm", "sh", "-c", mounts, "sh", sys.executable, "-m", "digits", *sys.argv[1:]])
"""


def fill(path):
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare, of Linux")
def test_the_server_works_on_a_full_or_read_only_disk(tmp_path, ten):
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("this system allows no private mounts")
    server = Server(tmp_path, command=("-c", SMALL_DISK))
    server.wait_for(lambda: len(server.workers()) == 2)
    fill(Path(f"/proc/{server.process.pid}/root{server.temporary}/full"))
    form = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n%b\r\n--x--\r\n'
    with server.connection() as connection:
        large = form % (png(ten[5]) + bytes(2_000_000))
        connection.request("POST", "/api/predict", large, {"Content-Type": "multipart/form-data; boundary=x"})
        assert json.loads(connection.getresponse().read())["digit"] == 5
    server.process.send_signal(signal.SIGHUP)  # the new workers start on a full disk
    server.wait_for(lambda: sum("Worker exiting" in line for line in server.lines()) == 2)
    assert [server.predict(png(image))[1]["digit"] for image in ten] == list(range(10))
    assert server.get("/")[0] == server.get("/metrics")[0] == 200
    assert len(server.workers()) == 4  # two before and two after the reload: none had to be replaced
    server.process.terminate()
    assert server.process.wait(LIMIT) == 0
