"""A gunicorn worker that lets the kernel buffer each request.

The only file that uses private names of gunicorn (27); tests/server/test_gunicorn_private_names.py lists them.
"""

# The type stubs describe an older gunicorn, and connections carry attributes of our own.
# pyright: reportAttributeAccessIssue=false

import fcntl
import re
import socket
import struct
import termios
import time
from concurrent.futures import Future, ThreadPoolExecutor

from gunicorn.workers.gthread import _DEFER, ThreadWorker

from server import metrics
from server.api.request_input import MAX_BUFFERED_BODY_BYTES
from server.inference.request_queue import MAX_WAIT_SECONDS

ACCEPT_DELAY_SECONDS = 0.0002  # for each connection that this worker has already
MAX_ACCEPT_DELAY_SECONDS = 0.001
MAX_HEAD_BYTES = 2**14  # of a request; gunicorn's parser refuses longer lines itself
MAX_ARRIVAL_SECONDS = 20  # for a request with a body of up to MAX_BUFFERED_BODY_BYTES
BODY_REST_SECONDS = 0.1  # wait for the rest of a body that was refused
SEND_BUFFER_BYTES = 2**18  # the kernel takes this much of a response, however slowly the client reads
SEND_TIMEOUT_SECONDS = 10  # a client must read some of a longer response within this time
MAX_UNREAD_BYTES = 2**16  # unread responses of a client to which another one is sent without a thread
MEMORY_INTERVAL_SECONDS = 5  # between two updates of the memory gauge
CLOSE_THREADS = 4
PREDICT = re.compile(rb"POST /api/predict[? ](?![^\r]*layers=all)")  # the calls with a short response
UNKNOWN_LENGTH = re.compile(rb"\r\n(expect|transfer-encoding):", re.IGNORECASE)
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})(?=[ \t]*\r)", re.IGNORECASE)


class FairWorker(ThreadWorker):
    """A worker that shares connections evenly, answers drawings at once, and never waits for slow clients.

    All workers listen at one socket. The first to wake can accept a whole burst of connections and keep them. The
    other workers then idle, and all clients share one core. A worker with fewer connections therefore accepts first.
    Without this, 7 of 25 loads of eight connections on two workers went to one worker alone; with it, none of 25.
    """

    def init_process(self):
        """Sets the socket options that connections inherit, and starts the worker."""
        for listener in self.sockets:
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            timeout = struct.pack("ll", SEND_TIMEOUT_SECONDS, 0)
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeout)
        self.close_pool = ThreadPoolExecutor(CLOSE_THREADS)
        super().init_process()

    def load_wsgi(self):
        """Builds the app."""
        metrics.preallocate()
        super().load_wsgi()
        self.memory_updated_at = time.monotonic()
        self.drawings = self.wsgi.extensions["inkling"].queues.drawings

    def notify(self):
        """Reports to gunicorn that this worker is alive, and updates the memory gauge."""
        super().notify()
        if time.monotonic() > self.memory_updated_at + MEMORY_INTERVAL_SECONDS:
            metrics.update_memory_gauge()
            self.memory_updated_at = time.monotonic()

    def accept(self, listener):
        """Accepts a new connection after a short delay, unless another worker was faster."""
        time.sleep(min(ACCEPT_DELAY_SECONDS * self.nr_conns, MAX_ACCEPT_DELAY_SECONDS))
        super().accept(listener)

    def wait_for_and_dispatch_events(self, timeout):
        """Waits for events and handles them."""
        self.overload_deadline = None
        super().wait_for_and_dispatch_events(timeout)

    def enqueue_req(self, conn):
        """Passes a request to a thread. A drawing that has arrived is answered at once, without a thread.

        Threads that compete for the interpreter cost more than the prediction itself.
        """
        if not self._can_answer_at_once(conn):
            super().enqueue_req(conn)
            return
        result = Future()
        result.set_result(self.handle(conn))
        self.finish_request(conn, result)

    def _can_answer_at_once(self, conn):
        """Returns whether a whole drawing has arrived and can be answered without waiting."""
        if not conn.initialized or self.cfg.is_ssl or conn.parser.unreader.buf.getvalue():
            return False
        # After this deadline a drawing goes to the request queue, which answers 503 if it is full.
        self.overload_deadline = self.overload_deadline or time.monotonic() + MAX_WAIT_SECONDS
        if self.drawings.lock.locked() or time.monotonic() > self.overload_deadline:
            return False
        arrived, needed, head = _arrived(conn.sock)
        return PREDICT.match(head) is not None and 0 < needed <= arrived and _unread(conn.sock) < MAX_UNREAD_BYTES

    def handle(self, conn):
        """Answers a request that has arrived.

        Until then the kernel buffers it, and wakes this worker when it is complete (SO_RCVLOWAT).
        If each slow client held a thread, a few of them would soon hold all threads.
        """
        expected_bytes = getattr(conn, "expected_bytes", 0)
        if self.alive and not self.cfg.is_ssl and not (conn.parser and conn.parser.unreader.buf.getvalue()):
            arrived, needed, _ = _arrived(conn.sock)
            # A wake-up before that: the client has closed its side, or this kernel wakes too early.
            if expected_bytes <= arrived < needed:
                if not expected_bytes:
                    conn.deadline = time.monotonic() + MAX_ARRIVAL_SECONDS
                if time.monotonic() > conn.deadline:
                    return False
                conn.expected_bytes = needed
                conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, needed)
                return _DEFER
            conn.data_ready = True
        if expected_bytes:
            conn.expected_bytes = 0
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        return super().handle(conn)

    def finish_request(self, conn, fs):
        """Keeps, defers or closes a connection after `handle`."""
        result = None if fs.cancelled() or fs.exception() else fs.result()
        if result is _DEFER and not self.alive and _arrived(conn.sock)[0]:
            self.enqueue_req(conn)  # the server is stopping: a request that has begun is still served
        elif result:
            super().finish_request(conn, fs)
        else:
            # gunicorn would close it here, and accept nobody while it waits up to two seconds for the client.
            self.nr_conns -= 1
            self.close_pool.submit(conn.close, graceful=True)

    def _keepalive_after(self, conn, keepalive):
        """Returns whether the connection can serve on; it cannot while a refused body still arrives."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + BODY_REST_SECONDS))

    def _cap_keepalive(self, deadline):
        """Limits the wait for all connections when the server stops, also for requests that are arriving."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout or deadline, deadline)


def _unread(connection):
    """Returns the number of bytes sent that the client has not confirmed."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]


def _arrived(connection):
    """Returns the bytes that have arrived, the bytes of the whole request, and the beginning of its head.

    The second is 0 if the head does not state it or it exceeds `MAX_BUFFERED_BODY_BYTES`: a thread then reads on.
    """
    arrived = struct.unpack("i", fcntl.ioctl(connection, termios.FIONREAD, bytes(4)))[0]
    try:
        head = connection.recv(MAX_HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0, 1, b""
    except ConnectionError:  # the client has gone
        return 0, 0, b""
    end = head.find(b"\r\n\r\n")
    if end < 0:  # the head is incomplete; if it is empty, the client has closed
        return arrived, arrived + 1 if 0 < len(head) < MAX_HEAD_BYTES else 0, head
    lengths = CONTENT_LENGTH.findall(head, 0, end + 2)
    if len(lengths) > 1 or UNKNOWN_LENGTH.search(head, 0, end):
        return arrived, 0, head
    body_bytes = int(lengths[0]) if lengths else 0
    return arrived, 0 if body_bytes > MAX_BUFFERED_BODY_BYTES else end + 4 + body_bytes, head
