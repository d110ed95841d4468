"""gunicorn's threaded worker, with manners at the door."""

import fcntl
import re
import socket
import struct
import termios
import time
from concurrent.futures import ThreadPoolExecutor

from gunicorn.workers.gthread import _DEFER, ThreadWorker

from server.calls import WHOLE

WAIT, LONGEST = 0.0002, 0.001  # seconds: for each connection that this worker has already, and at most
HEAD = 2**14  # bytes that a request's head may have; gunicorn's parser refuses longer lines by itself
PATIENCE = 20  # seconds that a request with a body of up to WHOLE bytes may take to arrive
REST = 0.1  # seconds to wait for what is left of a body that nobody wanted
ANSWER = 2**18  # bytes of an answer that the system takes off our hands, however slowly they are fetched
EXPECT = re.compile(rb"\r\nexpect:", re.IGNORECASE)
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})", re.IGNORECASE)


class EvenWorker(ThreadWorker):
    """A worker that shares connections out evenly, and whose threads do not wait for slow clients.

    All workers listen at one socket. The first to wake can take a whole burst of connections, which then stay with it:
    the others idle, and everybody is served at the speed of one core. So the worker with fewer connections may take a
    new one first. Without that 7 of 25 loads by eight connections, with two workers, went to one worker alone; none of
    25 with it.
    """

    def init_process(self):
        """Start to work."""
        for listener in self.sockets:  # what is accepted inherits it
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER)
        self.closers = ThreadPoolExecutor(4)
        super().init_process()

    def accept(self, listener):
        """Take a new connection, if no other worker has taken it in the meantime."""
        time.sleep(min(WAIT * self.nr_conns, LONGEST))
        super().accept(listener)

    def handle(self, conn):
        """Answer a request once it is there. Until then the system gathers it, and wakes us when it has (SO_RCVLOWAT).

        A thread for each phone on a poor Wi-Fi, or for whoever sends a byte a second, would soon be all threads.
        """
        awaited = getattr(conn, "awaited", 0)
        if self.alive and not self.cfg.is_ssl and not (conn.parser and conn.parser.unreader.buf.getvalue()):
            there, needed = _arrived(conn.sock)
            # Woken before so much is there, nothing more comes: the client has closed, or this system wakes too early.
            if awaited <= there < needed:
                if not awaited:
                    conn.patience = time.monotonic() + PATIENCE
                if time.monotonic() > conn.patience:
                    return False
                conn.awaited = needed
                conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, needed)
                return _DEFER
            conn.data_ready = True
        if awaited:
            conn.awaited = 0
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        return super().handle(conn)

    def finish_request(self, conn, fs):
        """Go on with a connection after `handle`."""
        result = None if fs.cancelled() or fs.exception() else fs.result()
        if result is _DEFER and not self.alive and _arrived(conn.sock)[0]:
            self.enqueue_req(conn)  # told to stop since: what has begun is served
        elif result:
            super().finish_request(conn, fs)
        else:
            # gunicorn would close it here, and nobody be let in while it waits two seconds for a client to agree.
            self.nr_conns -= 1
            self.closers.submit(conn.close, graceful=True)

    def _keepalive_after(self, conn, keepalive):
        """Whether the connection can serve on: not where a refused body is still on its way."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + REST))

    def _cap_keepalive(self, deadline):
        """Told to stop, wait no longer for requests that are on their way than for those that may yet come."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def _arrived(connection):
    """The number of bytes that are there, and how many there must be for the request to be whole or to be judged."""
    there = struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0]
    try:
        begun = connection.recv(HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0, 1
    end = begun.find(b"\r\n\r\n")
    if end < 0:  # no whole head yet; an empty one: closed
        return there, there + 1 if 0 < len(begun) < HEAD else 0
    length = LENGTH.search(begun, 0, end)
    body = int(length[1]) if length else 0
    # A long body would not fit the system's buffer, and one with "Expect" comes only when it is asked for.
    return there, 0 if body > WHOLE or EXPECT.search(begun, 0, end) else end + 4 + body
