"""Clients that send slowly, or not at all, and what they must not do to others."""

import contextlib
import http.client
import json
import select
import socket
import sys

import pytest
from gunicorn_server import LIMIT
from pictures import png

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")

REQUEST = "POST /api/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {}\r\n{}\r\n"


def test_slow_clients_do_not_keep_others_from_being_served(server, ten):
    """Each worker has 8 threads; here are 60 clients that have sent half a head, a head without body, half a body."""
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
        # And they are served themselves once they have sent the rest, in however many pieces.
        for number, client in enumerate(clients[:6]):
            whole = begun[1] + data
            for at in range(len(begun[number % 3]), len(whole), 64):
                client.sendall(whole[at : at + 64])
            answer = http.client.HTTPResponse(client)
            answer.begin()
            assert (answer.status, json.loads(answer.read())["digit"]) == (200, 2)


def test_slow_uploads_take_half_of_the_threads_at_most(server, ten):
    """Those that are too long to be waited for elsewhere, or come only when they are asked for, or in chunks."""
    heads = [REQUEST.format(9_000_000, ""), REQUEST.format(9, "Expect: 100-continue\r\n")]
    heads.append(heads[0].replace("Content-Length: 9000000", "Transfer-Encoding: chunked"))
    with contextlib.ExitStack() as slow:
        clients = [slow.enter_context(socket.create_connection(("127.0.0.1", server.port), LIMIT)) for _ in range(24)]
        for number, client in enumerate(clients):
            client.sendall(heads[number % 3].encode())
        assert [server.predict(png(image))[1]["digit"] for image in ten] == list(range(10))

        def refused():  # two workers take four each; the others are told so
            answers = [client.recv(1000, socket.MSG_PEEK) for client in select.select(clients, [], [], 0)[0]]
            return [answer for answer in answers if b"HTTP/1.1 503 " in answer]  # after a 100, perhaps

        server.wait_for(lambda: len(refused()) >= 24 - 8)
        assert all(b"Retry-After: 1\r\n" in answer for answer in refused())


def test_who_closes_in_the_middle_of_a_request_is_forgotten(server, ten):
    for begun in (b"", b"POST /api/pre", REQUEST.format(999, "").encode() + b"begun"):
        with socket.create_connection(("127.0.0.1", server.port), LIMIT) as client:
            client.sendall(begun)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1000) == b"" or begun  # the end, or a word on what is missing
    assert server.predict(png(ten[3]))[1]["digit"] == 3
