"""Clients that send or read slowly, or not at all, must not delay others."""

import contextlib
import http.client
import json
import select
import socket
import struct
import sys
import time

import pytest
from gunicorn_server import LIMIT
from pictures import png

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")]

REQUEST = "POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {}\r\n{}\r\n"


def test_slow_clients_do_not_delay_others(server, ten):
    """Each worker has 8 threads; 60 clients have sent half a head, a head without a body, or half a body."""
    data = png(ten[2])
    begun = [
        b"POST /api/pre",
        REQUEST.format(len(data), "").encode(),
        REQUEST.format(len(data), "").encode() + data[:99],
    ]
    with contextlib.ExitStack() as slow:
        clients = [slow.enter_context(socket.create_connection(("127.0.0.1", server.port), LIMIT)) for _ in range(60)]
        for number, client in enumerate(clients):
            client.sendall(begun[number % 3])
        assert [server.predict(png(image))[1]["digit"] for image in ten] == list(range(10))
        # The slow clients are served too when the rest has arrived, in many pieces.
        for number, client in enumerate(clients[:6]):
            whole = begun[1] + data
            for at in range(len(begun[number % 3]), len(whole), 64):
                client.sendall(whole[at : at + 64])
            answer = http.client.HTTPResponse(client)
            answer.begin()
            assert (answer.status, json.loads(answer.read())["digit"]) == (200, 2)


def test_slow_uploads_take_half_of_the_threads_at_most(server, ten):
    """Long bodies, bodies after `Expect: 100-continue`, and chunked ones each hold a thread."""
    heads = [REQUEST.format(9_000_000, ""), REQUEST.format(9, "Expect: 100-continue\r\n")]
    heads.append(heads[0].replace("Content-Length: 9000000", "Transfer-Encoding: chunked"))
    with contextlib.ExitStack() as slow:
        clients = [slow.enter_context(socket.create_connection(("127.0.0.1", server.port), LIMIT)) for _ in range(24)]
        for number, client in enumerate(clients):
            client.sendall(heads[number % 3].encode())
        assert [server.predict(png(image))[1]["digit"] for image in ten] == list(range(10))

        def refused():  # two workers take four each; the others get a 503
            answers = [client.recv(1000, socket.MSG_PEEK) for client in select.select(clients, [], [], 0)[0]]
            return [answer for answer in answers if b"HTTP/1.1 503 " in answer]  # after a 100, perhaps

        server.wait_for(lambda: len(refused()) >= 24 - 8)
        assert all(b"Retry-After: 1\r\n" in answer for answer in refused())


def test_a_client_may_close_in_the_middle_of_a_request(server, ten):
    for begun in (b"", b"POST /api/pre", REQUEST.format(999, "").encode() + b"begun"):
        with socket.create_connection(("127.0.0.1", server.port), LIMIT) as client:
            client.sendall(begun)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1000) == b"" or begun  # the end, or an error response
    assert server.predict(png(ten[3]))[1]["digit"] == 3


@contextlib.contextmanager
def begun(server, picture, number):
    """Opens connections, each with one answered request."""
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(number):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(LIMIT)
            client.connect(("127.0.0.1", server.port))
            clients.append(client)  # all before the first request, so that each worker has some
        for client in clients:
            client.sendall(REQUEST.format(len(picture), "").encode() + picture)
            assert client.recv(8) == b"HTTP/1.1"
            while not client.recv(4096).endswith(b"}"):
                pass
        yield clients


def assert_others_are_served(server, ten):
    started = time.monotonic()
    assert [server.predict(png(image))[1]["digit"] for image in ten] == list(range(10))
    assert time.monotonic() - started < 5  # a client that blocks is disconnected after 10 or 60 s


@pytest.mark.parametrize(
    "head",
    [
        REQUEST.format(9, "Transfer-Encoding: chunked\r\n"),
        REQUEST.replace("Content-Length: {}", "Transfer-Encoding: chunked").format("", ""),
        REQUEST.format(4, "Content-Length: 999\r\n"),
        REQUEST.format(" 0999", ""),
        REQUEST.format(9_000_000, ""),
        REQUEST.replace("predict", "predict?layers=all&model=three_block").format(999, ""),
    ],
)
def test_a_drawing_that_seems_complete_delays_nobody(head, server, ten):
    picture = png(ten[4])
    with begun(server, picture, 6) as clients:
        for client in clients:
            client.sendall(head.encode() + picture[:5])
        assert_others_are_served(server, ten)


def test_a_client_that_never_reads_delays_nobody(server, ten):
    picture = png(ten[4])
    with begun(server, picture, 4) as clients:
        for client in clients:
            client.setblocking(False)
        for _ in range(260):  # two kilobytes each; the kernel buffers some hundreds
            for client in clients:
                with contextlib.suppress(BlockingIOError):
                    client.send(REQUEST.format(len(picture), "").encode() + picture)
            time.sleep(0.02)  # one at a time: several at once would go to a thread
        assert_others_are_served(server, ten)


def test_a_client_that_never_reads_is_disconnected(server, ten):
    """Each worker has 8 threads; 18 clients request more than the kernel buffers."""
    long = REQUEST.replace("predict", "predict?layers=all&model=three_block").format(len(png(ten[4])), "")
    with begun(server, png(ten[4]), 18) as clients:
        for client in clients:
            client.sendall(6 * (long.encode() + png(ten[4])))
        time.sleep(2)  # until all threads serve them
        assert server.get("/api/models")[0] == 200


def test_a_connection_reset_ends_no_worker(server, ten):
    workers = server.workers()
    with begun(server, png(ten[4]), 8) as clients:
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        assert_others_are_served(server, ten)
    assert server.workers() == workers
