"""Those who ask the server of the live page, over sockets: of their own making, so that nothing is put right before."""

import json
import socket
from functools import partial

TOKEN = "a-token-that-tests-know"


def ask(port, data, *, seconds=30):
    """What comes back over a socket until the server ends it."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as client:
        try:
            client.sendall(data)
            return b"".join(iter(partial(client.recv, 65_536), b""))
        except (ConnectionResetError, BrokenPipeError):
            return b""


def request(path, *headers, method="GET", host="localhost", token=TOKEN):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Events:
    """The stream of events, over a socket of its own."""

    def __init__(self, port, *, buffer=None):
        self._socket = socket.socket()
        if buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(60)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(request("/api/events"))
        self._file = self._socket.makefile("rb")

    def lines(self):
        for line in self._file:
            yield line.strip()

    def next(self):
        """The next view; None where the server has ended the stream."""
        for line in self.lines():
            if line.startswith(b"data: "):
                return json.loads(line[6:])
        return None

    def until(self, right):
        while (view := self.next()) is not None:
            if right(view):
                return view
        raise AssertionError("the stream has ended before")

    def close(self):
        self._file.close()
        self._socket.close()
