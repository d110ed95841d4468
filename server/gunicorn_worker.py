"""gunicorn's threaded worker, with manners at the door."""

import fcntl
import re
import socket
import struct
import termios
import time
from concurrent.futures import Future, ThreadPoolExecutor

from gunicorn.workers.gthread import _DEFER, ThreadWorker

from server import metrics
from server.api.request_input import WHOLE
from server.inference.request_queue import MAX_WAIT_SECONDS

WAIT, LONGEST = 0.0002, 0.001  # seconds: for each connection that this worker has already, and at most
HEAD = 2**14  # bytes that a request's head may have; gunicorn's parser refuses longer lines by itself
ARRIVAL = 20  # seconds that a request with a body of up to WHOLE bytes may take to arrive
REST = 0.1  # seconds to wait for what is left of a body that nobody wanted
ANSWER = 2**18  # bytes of an answer that the system takes off our hands, however slowly they are fetched
FETCHING = 10  # seconds in which a client must take something of an answer that is longer
DRAWING = re.compile(rb"POST /api/predict[? ](?![^\r]*layers=all)")  # whose answer is short
UNREAD = 2**16  # bytes of answers that a client may have left unread when one more is sent without a thread
OPEN = re.compile(rb"\r\n(expect|transfer-encoding):", re.IGNORECASE)  # what comes then, the head does not tell
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})(?=[ \t]*\r)", re.IGNORECASE)


class FairWorker(ThreadWorker):
    """A worker that shares connections out evenly, answers drawings at once, and never waits for slow clients.

    All workers listen at one socket. The first to wake can take a whole burst of connections, which then stay with it:
    the others idle, and everybody is served at the speed of one core. So the worker with fewer connections may take a
    new one first. Without that 7 of 25 loads by eight connections, with two workers, went to one worker alone; none of
    25 with it.
    """

    def init_process(self):
        """Start to work."""
        for listener in self.sockets:  # what is accepted inherits it
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER)
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", FETCHING, 0))
        self.closers = ThreadPoolExecutor(4)
        super().init_process()

    def load_wsgi(self):
        """Make the app."""
        metrics.preallocate()
        super().load_wsgi()
        self.weighed = time.monotonic()
        self.drawings = self.wsgi.extensions["inkling"]["queues"].drawings

    def notify(self):
        """Say that this worker is alive, and how large it is."""
        super().notify()
        if time.monotonic() > self.weighed + 5:
            metrics.update_memory_gauge()
            self.weighed = time.monotonic()

    def accept(self, listener):
        """Take a new connection, if no other worker has taken it in the meantime."""
        time.sleep(min(WAIT * self.nr_conns, LONGEST))
        super().accept(listener)

    def wait_for_and_dispatch_events(self, timeout):
        """Wait until something comes, and see to it."""
        self.behind = None
        super().wait_for_and_dispatch_events(timeout)

    def enqueue_req(self, conn):
        """Give a request to a thread; but a drawing that is there is answered here and now.

        Threads that take the interpreter from each other cost more than the reading itself.
        """
        if not self._is_drawing(conn):
            super().enqueue_req(conn)
            return
        answered = Future()
        answered.set_result(self.handle(conn))
        self.finish_request(conn, answered)

    def _is_drawing(self, conn):
        """Whether a drawing is there, whole, and can be read and answered without waiting for anybody."""
        if not conn.initialized or self.cfg.is_ssl or conn.parser.unreader.buf.getvalue():
            return False
        # Whoever comes so late in a long line takes a place in the queue of readings, where it is told so.
        self.behind = self.behind or time.monotonic() + MAX_WAIT_SECONDS
        if self.drawings.turn.locked() or time.monotonic() > self.behind:
            return False
        there, needed, begun = _arrived(conn.sock)
        return DRAWING.match(begun) is not None and 0 < needed <= there and _unread(conn.sock) < UNREAD

    def handle(self, conn):
        """Answer a request once it is there. Until then the system gathers it, and wakes us when it has (SO_RCVLOWAT).

        A thread for each phone on a poor Wi-Fi, or for whoever sends a byte a second, would soon be all threads.
        """
        awaited = getattr(conn, "awaited", 0)
        if self.alive and not self.cfg.is_ssl and not (conn.parser and conn.parser.unreader.buf.getvalue()):
            there, needed, _ = _arrived(conn.sock)
            # Woken before so much is there, nothing more comes: the client has closed, or this system wakes too early.
            if awaited <= there < needed:
                if not awaited:
                    conn.patience = time.monotonic() + ARRIVAL
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


def _unread(connection):
    """The number of bytes sent that the other side has not confirmed."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]


def _arrived(connection):
    """The bytes that are there, how many there must be for the request to be whole, and how it begins.

    They must be 0 where the head does not tell, or says more than the system would hold: that is for a thread to judge.
    """
    there = struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0]
    try:
        begun = connection.recv(HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0, 1, b""
    except ConnectionError:  # the client is gone
        return 0, 0, b""
    end = begun.find(b"\r\n\r\n")
    if end < 0:  # no whole head yet; an empty one: closed
        return there, there + 1 if 0 < len(begun) < HEAD else 0, begun
    lengths = LENGTH.findall(begun, 0, end + 2)
    if len(lengths) > 1 or OPEN.search(begun, 0, end):
        return there, 0, begun
    body = int(lengths[0]) if lengths else 0
    return there, 0 if body > WHOLE else end + 4 + body, begun
