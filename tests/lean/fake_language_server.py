"""A fake Lean: a real process that speaks the language server's protocol, badly on request. There is no Lean.

    python fake_language_server.py MODE FOLDER (--version | --server)

It misbehaves as `MODE` says for every text that contains `WRONG`, until the file `FOLDER/honest` is there; otherwise
it is a miniature of the real one, which finds an error at each `WRONG`. Each process that it starts is written down
in `FOLDER/pids`, and ends by itself after a minute.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import partial

VERSION = "Lean (version 4.28.0, x86_64-unknown-linux-gnu, commit 0123456789abcdef, Release)"
WORD = "WRONG"
LIFE_SECONDS = 60
MANY = 100_000
MANY_NOTICES = 20_000
BIG_BYTES = 20 << 20
FLOOD_SECONDS = 3.0
PUBLISHED = "textDocument/publishDiagnostics"


class Asked:
    """That a text was asked about."""

    def __init__(self, number, uri, version, text):
        self.number, self.uri, self.version, self.text = number, uri, version, text

    def diagnostics(self):
        """The right ones, each with its place in UTF-16 units."""
        found = []
        for number, line in enumerate(self.text.split("\n")):
            if (at := line.find(WORD)) >= 0:
                begin = len(line[:at].encode("utf-16-le")) // 2
                found.append(diagnostic(number, begin, begin + len(WORD)))
        return found

    def altered(self, **fields):
        return [{**each, **fields} for each in self.diagnostics()]


def place(line, character):
    return {"line": line, "character": character}


def diagnostic(line, begin, end, **fields):
    where = {"start": place(line, begin), "end": place(line, end)}
    return {"range": where, "fullRange": where, "severity": 1, "source": "Lean 4", "message": "wrong", **fields}


def encoded(fields):
    return json.dumps({"jsonrpc": "2.0", **fields}).encode()


def framed(body, header=b"Content-Length: %d\r\n\r\n"):
    return header % len(body) + body


class Server:
    """The fake's end: its standard input and output are one socket."""

    def __init__(self, mode, folder):
        self.mode, self.folder = mode, folder
        self.channel = socket.socket(fileno=os.dup(0))
        self.pending = bytearray()
        self.documents = {}
        self.worker = None
        self.last = 0
        self.replies = 0
        self.write_down(os.getpid())

    @property
    def honest(self):
        return os.path.exists(os.path.join(self.folder, "honest"))  # noqa: PTH110, PTH118  imports cost time

    def write_down(self, pid):
        with open(os.path.join(self.folder, "pids"), "a", encoding="ascii") as file:  # noqa: PTH118, PTH123
            file.write(f"{pid}\n")

    def start_worker(self, code="", **options):
        """Start a child like the worker of a document; it holds none of the server's channels."""
        program = f"{code}\nimport time; time.sleep({LIFE_SECONDS})"
        null = subprocess.DEVNULL
        command = [sys.executable, "-I", "-S", "-c", program]
        self.worker = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, **options)
        self.write_down(self.worker.pid)

    def more(self):
        data = self.channel.recv(1 << 16)
        if not data:
            raise SystemExit
        self.pending += data

    def receive(self):
        while (end := self.pending.find(b"\r\n\r\n")) < 0:
            self.more()
        length = int(self.pending[:end].partition(b":")[2])
        while len(self.pending) < end + 4 + length:
            self.more()
        body = bytes(self.pending[end + 4 : end + 4 + length])
        del self.pending[: end + 4 + length]
        return json.loads(body)

    def send_bytes(self, data):
        self.channel.sendall(data)

    def send(self, **fields):
        self.send_bytes(framed(encoded(fields)))

    def notice(self, asked, diagnostics, **fields):
        parameters = {"uri": asked.uri, "version": asked.version, "diagnostics": diagnostics, **fields}
        return {"method": PUBLISHED, "params": parameters}

    def publish(self, asked, diagnostics, **fields):
        self.send(**self.notice(asked, diagnostics, **fields))

    def respond(self, asked, **fields):
        self.send(**{"id": asked.number, "result": {}, **fields})

    def answer(self, asked):
        self.publish(asked, asked.diagnostics())
        self.respond(asked)

    def serve(self):
        while True:
            message = self.receive()
            method, parameters = message.get("method"), message.get("params", {})
            if method is None:
                self.replies += 1
            elif method == "initialize":
                greet = GREETINGS.get(self.mode, Server.greet)
                (Server.greet if self.honest else greet)(self, message["id"])
            elif method in ("textDocument/didOpen", "textDocument/didChange"):
                document = parameters["textDocument"]
                text = document["text"] if "text" in document else parameters["contentChanges"][0]["text"]
                self.documents[document["uri"]] = document["version"], text
            elif method == "textDocument/waitForDiagnostics":
                version, text = self.documents[parameters["uri"]]
                self.last = message["id"]
                asked = Asked(self.last, parameters["uri"], version, text)
                wrong = WORD in text and not self.honest
                (MODES.get(self.mode, Server.answer) if wrong else Server.answer)(self, asked)
                if not self.honest:
                    AFTER.get(self.mode, lambda _: None)(self)

    def greet(self, number):
        self.send(id=number, result={"capabilities": {}})


def hang(*_):
    while True:
        time.sleep(LIFE_SECONDS)


def die(code, said=""):
    if said:
        os.write(2, said.encode())
    os._exit(code)


# --- the conversation goes on, and the answer comes


def stale_before(server, asked):
    server.publish(asked, [], version=asked.version - 1)
    server.answer(asked)


def stale_after(server, asked):
    server.publish(asked, asked.diagnostics())
    server.publish(asked, [], version=asked.version - 1)
    server.respond(asked)


def stale_errors(server, asked):
    stale = [diagnostic(0, 0, 1, message="stale")]
    server.publish(asked, stale, version=asked.version - 1)
    server.answer(asked)


def stale_on_top(server, asked):
    server.publish(asked, asked.diagnostics())
    server.publish(asked, [diagnostic(2, 0, 1)], version=asked.version - 1, isIncremental=True)
    server.respond(asked)


def empty_first(server, asked):
    server.publish(asked, [])
    server.send(method="$/lean/fileProgress", params={"textDocument": {"uri": asked.uri}, "processing": []})
    time.sleep(0.2)
    server.answer(asked)


def slow(server, asked):
    time.sleep(0.6)
    server.answer(asked)


def newer(server, asked):
    server.publish(asked, asked.diagnostics())
    server.publish(asked, [], version=asked.version + 1)
    server.respond(asked)


def of_another(server, asked):
    server.publish(asked, asked.diagnostics())
    for uri in ("", "untitled:Scratch", f"{asked.uri}0", "file:///Scratch.lean"):
        server.publish(asked, [], uri=uri)
        server.publish(asked, [], uri=uri, version=None)
    server.respond(asked)


def version_as_text(server, asked):
    server.publish(asked, asked.diagnostics(), version=str(asked.version))
    server.respond(asked)


def twice(server, asked):
    server.answer(asked)
    server.respond(asked)


def other_ids_first(server, asked):
    for number in (asked.number - 1, asked.number + 1, 0, -1, None, str(asked.number)):
        server.respond(asked, id=number)
    time.sleep(0.1)
    server.answer(asked)


def asks(server, asked):
    registered = {"registrations": [{"id": "watch", "method": "workspace/didChangeWatchedFiles"}]}
    server.send(id="register", method="client/registerCapability", params=registered)
    server.send(id=7, method="workspace/configuration", params={"items": [{"section": "lean"}]})
    server.send(id=asked.number, method="lean/unheardOf")
    server.send(id="", method="workspace/semanticTokens/refresh", params=None)
    while server.replies < 4:
        reply = server.receive()
        assert ("result" in reply) == (reply["id"] == "register"), reply
        server.replies += 1
    server.answer(asked)


def asks_much(server, asked):
    """Ten thousand requests, the replies to which are read at once."""
    for number in range(100):
        server.send_bytes(framed(encoded({"id": f"q{number}", "method": "lean/unheardOf"})) * 100)
        for _ in range(100):
            server.receive()
    server.answer(asked)


def asks_deafly(server, asked):
    """As `asks_much`, but nothing is read before all is asked."""
    server.send_bytes(framed(encoded({"id": "q", "method": "lean/unheardOf"})) * 10_000)
    server.answer(asked)


def one_by_one(server, asked):
    server.publish(asked, [])
    for each in asked.diagnostics():
        server.publish(asked, [each], isIncremental=True)
    server.respond(asked)


def all_again(server, asked):
    server.publish(asked, [diagnostic(0, 0, 1, message="not yet")])
    server.publish(asked, [diagnostic(0, 0, 1, message="not yet")], isIncremental=True)
    server.publish(asked, asked.diagnostics(), isIncremental=False)
    server.respond(asked)


def with_silent(server, asked):
    server.publish(asked, [diagnostic(2, 0, 1, severity=3, isSilent=True), *asked.diagnostics()])
    server.respond(asked)


def without(name):
    def mode(server, asked):
        fields = [{key: value for key, value in each.items() if key != name} for each in asked.diagnostics()]
        server.publish(asked, fields)
        server.respond(asked)

    return mode


def with_fields(**fields):
    def mode(server, asked):
        server.publish(asked, asked.altered(**fields))
        server.respond(asked)

    return mode


def with_range(change):
    """Diagnostics whose places `change` makes of the line and of the first and the last column."""

    def mode(server, asked):
        found = asked.diagnostics()
        for each in found:
            start, end = each["range"]["start"], each["range"]["end"]
            starts, ends = change(start["line"], start["character"], end["character"])
            each["range"] = each["fullRange"] = {"start": place(*starts), "end": place(*ends)}
        server.publish(asked, found)
        server.respond(asked)

    return mode


def cut_range(server, asked):
    """As Lean does it: `range` ends with its line, `fullRange` does not."""
    found = asked.diagnostics()
    for each in found:
        each["fullRange"] = {"start": each["range"]["start"], "end": place(each["range"]["end"]["line"] + 1, 2)}
    server.publish(asked, found)
    server.respond(asked)


def strange_headers(server, asked):
    body = encoded(server.notice(asked, asked.diagnostics()))
    kind = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length :  %d \r\n\r\n"
    server.send_bytes(framed(body, kind))
    server.respond(asked)


def byte_by_byte(server, asked):
    answer = framed(encoded(server.notice(asked, asked.diagnostics()))) + framed(encoded({"id": asked.number}))
    server.channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    for at in range(len(answer)):
        server.send_bytes(answer[at : at + 1])


def twice_the_keys(server, asked):
    notice = encoded(server.notice(asked, asked.diagnostics()))
    server.send_bytes(framed(notice.replace(b'"version"', b'"version": 0, "version"')))
    server.respond(asked)


def big(server, asked):
    server.publish(asked, asked.altered(message="x" * BIG_BYTES))
    server.respond(asked)


def many(server, asked, number=MANY):
    (each,) = asked.diagnostics()
    notice = encoded(server.notice(asked, []))
    server.send_bytes(framed(notice.replace(b"[]", b"[%b]" % b",".join([json.dumps(each).encode()] * number))))
    server.respond(asked)


def many_notices(server, asked, number=MANY_NOTICES):
    server.publish(asked, [])
    notice = framed(encoded(server.notice(asked, asked.diagnostics(), isIncremental=True)))
    server.send_bytes(notice * number)
    server.respond(asked)


def noisy(server, asked):
    for _ in range(64):
        os.write(2, b"x" * (1 << 16))
    os.write(2, b"a line\n" * 100_000)
    server.answer(asked)


# --- no answer comes


def deaf(server):
    """Read nothing more, once a text was answered."""
    hang()


def only_ids(*change):
    def mode(server, asked):
        server.publish(asked, asked.diagnostics())
        for each in change:
            server.respond(asked, id=each(asked.number))

    return mode


def raw(data):
    """Send what is no message in place of an answer, and stay."""

    def mode(server, _):
        server.send_bytes(data)

    return mode


def line_feeds(server, asked):
    for fields in (server.notice(asked, asked.diagnostics()), {"id": asked.number}):
        server.send_bytes(framed(encoded(fields), b"Content-Length: %d\n\n"))


def badly_framed(header, cut=None):
    def mode(server, asked):
        body = encoded(server.notice(asked, asked.diagnostics()))
        server.send_bytes(header % (len(body) if cut is None else len(body) + cut) + body)
        server.respond(asked)

    return mode


def message_text(escaped):
    """A diagnostic whose text is `escaped`, bytes of JSON."""

    def mode(server, asked):
        body = encoded(server.notice(asked, asked.diagnostics())).replace(b'"wrong"', b'"%b"' % escaped)
        server.send_bytes(framed(body))
        server.respond(asked)

    return mode


def flood(data):
    """Send without an end, as fast as it is taken, and then be silent."""

    def mode(server, _):
        end = time.monotonic() + FLOOD_SECONDS
        chunk = data * ((1 << 20) // len(data) + 1)
        server.channel.settimeout(0.5)
        try:
            while time.monotonic() < end:
                server.send_bytes(chunk)
        except TimeoutError:  # nobody takes it
            pass
        hang()

    return mode


def hangs_up(server, _):
    server.channel.shutdown(socket.SHUT_WR)
    hang()


def closes_output(server, _):
    os.close(1)
    hang()


def fails(code):
    def mode(server, asked):
        server.publish(asked, [])
        server.send(id=asked.number, error={"code": code, "message": "The Lean worker process has crashed"})

    return mode


def half_message(server, asked):
    server.send_bytes(framed(encoded(server.notice(asked, asked.diagnostics())))[:100])
    die(0)


def half_answer(server, asked):
    server.publish(asked, asked.diagnostics()[:1])
    die(1, "this hurts\n")


def no_memory(server, asked):
    server.publish(asked, [])
    die(1, "INTERNAL PANIC: out of memory\n")


def garbage_with_last_words(server, asked):
    os.write(2, b"last words\n")
    server.send_bytes(b"uncaught exception\r\n\r\n")
    hang()


def worker_killed(server, asked):
    """The watchdog lives on without a word."""
    server.start_worker()
    server.publish(asked, [])
    time.sleep(0.1)
    server.worker.kill()
    server.worker.wait()
    hang()


def worker_restarted(server, asked):
    """The watchdog says that the worker is gone, and starts another, which knows half of the text only."""
    server.start_worker()
    server.worker.kill()
    server.worker.wait()
    server.send(id=asked.number, error={"code": -32902, "message": "The Lean worker process has crashed"})
    server.start_worker()
    server.publish(asked, [])
    server.respond(asked)


def orphan(server, asked):
    """As a watchdog that dies, and whose worker is at work and does not see it."""
    server.start_worker(start_new_session=True)
    time.sleep(0.5)
    die(1)


def with_worker(server, _):
    server.start_worker(start_new_session=True)
    hang()


def eats(server, _):
    kept = b"x" * (300 << 20)
    hang(kept)


def worker_eats(server, _):
    server.start_worker("kept = b'x' * (300 << 20)", start_new_session=True)
    hang()


# --- an answer comes that is none


def nothing_said(server, asked):
    server.respond(asked)


def only_stale(server, asked):
    server.publish(asked, [], version=asked.version - 1)
    server.respond(asked)


def answers_ahead(server):
    """Answer the next request already."""
    server.send(id=server.last + 1, result={})


def worker_lost_between(server):
    """The worker dies while nothing is asked; what the watchdog starts then answers for half of the text."""
    if server.worker.poll() is None:
        time.sleep(0.3)
        server.worker.kill()
        server.worker.wait()


def half_text(server, asked):
    server.start_worker()
    server.publish(asked, [])
    server.respond(asked)


def misplaced(server, asked):
    server.publish(asked, [diagnostic(0, 0, 0)])
    server.respond(asked)


def asks_early(server):
    """Ask for something when the next text has come in part, and read its rest afterwards."""
    server.more()
    server.send(id="early", method="workspace/configuration", params={"items": []})
    time.sleep(0.3)
    AFTER.clear()


def long_line(server, asked):
    last = asked.text.count("\n") - 1
    server.publish(asked, [diagnostic(last, 0, 1_000_000)] * 5_000)
    server.respond(asked)


NOTHING = framed(encoded({"method": "$/lean/fileProgress", "params": {}}))

MODES = {
    "ok": Server.answer,
    # it goes on
    "stale-before": stale_before,
    "stale-after": stale_after,
    "stale-errors": stale_errors,
    "stale-on-top": stale_on_top,
    "empty-first": empty_first,
    "slow": slow,
    "newer": newer,
    "of-another": of_another,
    "version-as-text": version_as_text,
    "twice": twice,
    "other-ids-first": other_ids_first,
    "asks": asks,
    "asks-much": asks_much,
    "asks-deafly": asks_deafly,
    "one-by-one": one_by_one,
    "all-again": all_again,
    "with-silent": with_silent,
    "no-severity": without("severity"),
    "severity-as-text": with_fields(severity="1"),
    "no-full-range": without("fullRange"),
    "cut-range": cut_range,
    "strange-headers": strange_headers,
    "byte-by-byte": byte_by_byte,
    "twice-the-keys": twice_the_keys,
    "twice-the-length": badly_framed(b"Content-Length: %d\r\nContent-Length: 3\r\n\r\n"),
    "big": big,
    "many": many,
    "many/5": partial(many, number=MANY // 5),
    "many-notices": many_notices,
    "many-notices/5": partial(many_notices, number=MANY_NOTICES // 5),
    "noisy": noisy,
    # places
    "behind-its-line": with_range(lambda line, begin, end: ((line, begin), (line, end + 10**12))),
    "in-a-pair": with_range(lambda line, begin, end: ((line, 1), (line, end))),
    "reversed": with_range(lambda line, begin, end: ((line, end), (line, begin))),
    "reversed-far": with_range(lambda line, begin, end: ((line, end), (0, 0))),
    "at-the-end": with_range(lambda line, begin, end: ((line, begin), (line + 2, 0))),
    "negative-line": with_range(lambda line, begin, end: ((-1, begin), (line, end))),
    "negative-column": with_range(lambda line, begin, end: ((line, -1), (line, end))),
    "behind-the-text": with_range(lambda line, begin, end: ((line + 10, 0), (line + 10, 1))),
    "ends-behind-the-text": with_range(lambda line, begin, end: ((line, begin), (10**30, 0))),
    "half-a-line": with_range(lambda line, begin, end: ((line + 0.5, begin), (line, end))),
    # what is said
    "nul": message_text(rb"wr\u0000ong"),
    "half-a-pair": message_text(rb"wr\ud800ong"),
    "raw-nul": message_text(b"wr\0ong"),
    "no-utf8": message_text(b"wr\xff\xfeong"),
    "no-text": with_fields(message=None),
    "severity-9": with_fields(severity=9),
    "severity-word": with_fields(severity="error"),
    "no-range": without("range"),
    "no-version": lambda server, asked: server.publish(asked, asked.diagnostics(), version=None),
    "no-diagnostics": lambda server, asked: server.publish(asked, None),
    "no-parameters": lambda server, asked: server.send(method=PUBLISHED),
    # frames
    "huge": raw(b"Content-Length: %d\r\n\r\n{" % (300 << 20)),
    "endless-length": raw(b"Content-Length: 9%b\r\n\r\n{" % (b"9" * 60)),
    "short-length": badly_framed(b"Content-Length: %d\r\n\r\n", cut=-5),
    "long-length": badly_framed(b"Content-Length: %d\r\n\r\n", cut=5),
    "negative-length": badly_framed(b"Content-Length: -%d\r\n\r\n"),
    "no-length": badly_framed(b"Content-Size: %d\r\n\r\n"),
    "underscored-length": raw(b"Content-Length: 1_0\r\n\r\n0123456789"),
    "foreign-length": raw("Content-Length: ١٠\r\n\r\n0123456789".encode()),
    "header-flood": flood(b"X-Header: " + b"x" * 60 + b"\r\n"),
    "line-feeds": line_feeds,
    "one-line-feed": badly_framed(b"Content-Length: %d\n\n"),
    "no-json": raw(framed(b"Watchdog error: no")),
    "no-frame": raw(b"uncaught exception: no such file\r\n\r\n"),
    "empty": raw(framed(b"")),
    "list": raw(framed(b"[]")),
    "number": raw(framed(b"1")),
    "nested": raw(framed(b'{"method":"x","params":' + b"[" * 200_000 + b"]" * 200_000 + b"}")),
    "long-number": raw(framed(b'{"id":' + b"1" * 10_000 + b"}")),
    "wrong-error": lambda server, asked: server.send(id=asked.number, error="no"),
    # silence
    "silent": lambda *_: None,
    "only-other-ids": only_ids(lambda number: number + 1, lambda number: number - 1, lambda number: number * 10),
    "only-text-ids": only_ids(str, lambda number: f"0{number}", lambda _: None),
    "closes-output": closes_output,
    "flood": flood(NOTHING),
    "with-worker": with_worker,
    # ends
    "exits": lambda *_: die(0),
    "killed": lambda *_: os.kill(os.getpid(), signal.SIGKILL),
    "hangs-up": hangs_up,
    "crash": fails(-32902),
    "exit-of-worker": fails(-32901),
    "changed": fails(-32801),
    "half-message": half_message,
    "half-answer": half_answer,
    "no-memory": no_memory,
    "last-words": garbage_with_last_words,
    "worker-killed": worker_killed,
    "worker-restarted": worker_restarted,
    "orphan": orphan,
    "eats": eats,
    "worker-eats": worker_eats,
    # lies
    "nothing-said": nothing_said,
    "only-stale": only_stale,
    "silent-error": with_fields(isSilent=True),
    "misplaced": misplaced,
    "half-text": half_text,
    "long-line": long_line,
}
"""What is done about a text with `WRONG` in it."""

GREETINGS = {
    "never-greets": hang,
    "slow-start": lambda server, number: (time.sleep(0.6), server.greet(number)),
    "greets-error": lambda server, number: server.send(id=number, error={"code": -32603, "message": "not today"}),
    "greets-garbage": lambda server, number: server.send_bytes(b"Lean: not found\r\n\r\n"),
    "dies-at-start": lambda *_: die(3, "cannot find the library\n"),
    "no-memory-at-start": lambda *_: die(1, "cannot allocate memory\n"),
    "half-text": lambda server, number: (server.start_worker(), server.greet(number)),
    "asks-at-start": lambda server, number: (server.send(id=number, method="x"), server.greet(number)),
}
"""What is done to greet."""

AFTER = {
    "deaf": deaf,
    "answers-ahead": answers_ahead,
    "half-text": worker_lost_between,
    "asks-early": asks_early,
    "dies-between": lambda _: die(1),
}
"""What is done when a text was answered."""


def main():
    if sys.argv[3] == "--version":
        print(VERSION)
        return
    signal.alarm(LIFE_SECONDS)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Server(sys.argv[1], sys.argv[2]).serve()


if __name__ == "__main__":
    main()
