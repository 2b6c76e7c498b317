"""A fake Lean host: a real child process that speaks the protocol of `host.cjs`, badly on request. There is no Lean.

    python misbehaving.py MODE ... SOCKET

`MODE` is a name in `MODES`; arguments between it and the socket's descriptor are ignored, so the program can stand
in for Node too (`stand_in`). The mode `ok` behaves: it answers a few known texts as Lean would, which is what the
contract tests of engines need. Every process ends by itself after two minutes.
"""

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_LIFE_SECONDS = 120
_MODULES = frozenset({"Init", "Std", "Lean"})
_HEAP = 1 << 20
FLOOD_BYTES = 4 << 20
FORGED = '{"id":1,"ms":0.0,"heap":1,"messages":[]}'
"""What the mode `floods` prints: a good reply to the first request, on the wrong channel."""

Fields = Mapping[str, object]


def command(mode: str) -> list[str]:
    """The command that starts the fake, for `Child.start`."""
    if mode not in MODES:
        raise ValueError(f"no mode {mode}")
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), mode]


def stand_in(folder: Path, mode: str) -> Path:
    """Write a program into `folder` that can be started in place of Node and misbehaves as `mode` says."""
    program = folder / f"node-{mode}"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command(mode))} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return program


class Host:
    """The fake's end of the socket."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._states: dict[int, str] = {}
        self._next = 0

    def greet(self) -> None:
        self.send({"ready": True, "protocol": 1, "pid": os.getpid()})

    def send(self, fields: Fields) -> None:
        self.send_bytes(json.dumps(fields, separators=(",", ":")).encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        self._channel.sendall(data)

    def close(self) -> None:
        self._channel.close()

    def requests(self) -> Iterator[dict[str, object]]:
        with self._channel.makefile("rb") as lines:
            for line in lines:
                yield json.loads(line)

    def first(self) -> dict[str, object]:
        """The next request; the process ends where there is none."""
        for request in self.requests():
            return request
        raise SystemExit

    def reply(self, request: Fields) -> dict[str, object]:
        """The good reply to `request`."""
        try:
            outcome = self._outcome(request)
        except (LookupError, OSError) as error:
            outcome = {"error": str(error)}
        return {"id": request["id"], "ms": 1.5, "heap": _HEAP, **(outcome or {"ok": True})}

    def _outcome(self, request: Fields) -> Fields:
        match request["op"]:
            case "import":
                return {"state": self._import(request["modules"])}
            case "elaborate":
                return self._elaborate(request)
            case "inspect":
                return _inspected(self._states[_int(request["state"])], str(request["name"]))
            case "write":
                data = b"olean" + self._states[_int(request["state"])].encode()
                return {"bytes": Path(str(request["path"])).write_bytes(data)}
            case "drop":
                del self._states[_int(request["state"])]
                return {}
        raise LookupError(f"no operation {request['op']}")

    def _import(self, modules: object) -> int:
        assert isinstance(modules, list)
        for module in modules:
            if str(module).split(".")[0] not in _MODULES:
                raise LookupError(f"unknown module prefix '{module}'")
        return self._keep("")

    def _elaborate(self, request: Fields) -> Fields:
        before, source = self._states[_int(request["state"])], str(request["source"]).replace("\r\n", "\n")
        if "decide" in source:
            time.sleep(_LIFE_SECONDS)
        outcome: dict[str, object] = {"messages": list(_messages(source))}
        if request.get("keep"):
            outcome["state"] = self._keep(before + source)
        return outcome

    def _keep(self, text: str) -> int:
        self._next += 1
        self._states[self._next] = text
        return self._next


# What the contract tests give to Lean, and what Lean says to it.
_FAULTS = (
    ("error", r"(?<=: 1 = 2 := )rfl", "Type mismatch", ""),
    ("error", r"(?<=:) :=", "unexpected token ':='; expected term", ""),
    ("error", r"\0", "expected token", ""),
    ("warning", r"example(?=.* sorry)", "declaration uses `sorry`", "hasSorry"),
)


def _messages(source: str) -> Iterator[Fields]:
    for severity, pattern, text, kind in _FAULTS:
        for found in re.finditer(pattern, source):
            yield {
                "severity": severity,
                "data": text,
                "pos": _place(source, found.start()),
                "endPos": _place(source, found.end()),
                "kind": kind or "[anonymous]",
                "fileName": "<input>",
            }


def _place(source: str, offset: int) -> Fields:
    before = source[:offset]
    return {"line": before.count("\n") + 1, "column": offset - before.rfind("\n") - 1}


def _inspected(source: str, name: str) -> Fields:
    found = re.search(rf"\b(theorem|def) {re.escape(name)}\b", source)
    if not found:
        return {"kind": None}
    kind = "theorem" if found.group(1) == "theorem" else "definition"
    return {"kind": kind, "type": {"size": 3, "constants": ["Eq"]}, "value": {"size": 2, "constants": ["rfl"]}}


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _hang() -> None:
    while True:
        time.sleep(_LIFE_SECONDS)


def _serve(host: Host, change: Callable[[dict[str, object]], Fields] = lambda reply: reply) -> None:
    host.greet()
    for request in host.requests():
        host.send(change(host.reply(request)))


def _never_greets(_host: Host) -> None:
    _hang()


def _greets_with(data: bytes) -> Callable[[Host], None]:
    def greets(host: Host) -> None:
        host.send_bytes(data)
        _hang()

    return greets


def _exits(_host: Host) -> None:
    print("this one never even started", file=sys.stderr, flush=True)
    os._exit(3)


def _hangs_up(host: Host) -> None:
    host.greet()
    host.first()
    host.close()
    _hang()


def _silent(host: Host) -> None:
    host.greet()
    _hang()


def _slow(host: Host) -> None:
    host.greet()
    for request in host.requests():
        time.sleep(0.5)
        host.send(host.reply(request))


def _garbage(host: Host) -> None:
    host.greet()
    host.first()
    host.send_bytes(b"\xff\xfe this is no JSON\n")
    _hang()


def _broken_json(host: Host) -> None:
    host.greet()
    for request in host.requests():
        host.send_bytes(b'{"id":%d,"ms":1.5,"heap":\n' % _int(request["id"]))


def _half_line(host: Host) -> None:
    host.greet()
    host.send_bytes(json.dumps(host.reply(host.first())).encode()[:20])
    os._exit(0)


def _dies(host: Host) -> None:
    host.greet()
    host.first()
    print("this hurts", file=sys.stderr, flush=True)
    os._exit(4)


def _dies_idle(host: Host) -> None:
    host.greet()
    host.send(host.reply(host.first()))
    os._exit(0)


def _twice(host: Host) -> None:
    host.greet()
    for request in host.requests():
        reply = host.reply(request)
        host.send(reply)
        host.send(reply)


def _huge(host: Host) -> None:
    host.greet()
    host.send_bytes(b'{"id":%d,"text":"' % _int(host.first()["id"]))
    while True:
        host.send_bytes(b"x" * (1 << 20))


def _floods(host: Host) -> None:
    line = f"{FORGED}\n" * 1000
    for _ in range(FLOOD_BYTES // len(line)):
        sys.stdout.write(line)
        sys.stderr.write(line)
    print("no newline for a long time: " + "x" * FLOOD_BYTES, flush=True)
    _serve(host)


def _stubborn(host: Host) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _silent(host)


def _grandchild(host: Host) -> None:
    sleeper = f"import time; time.sleep({_LIFE_SECONDS})"
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", sleeper])
    print(f"grandchild {process.pid}", file=sys.stderr, flush=True)
    _serve(host)


def _without(name: str) -> Callable[[dict[str, object]], Fields]:
    return lambda reply: {key: value for key, value in reply.items() if key != name}


def _with(**fields: object) -> Callable[[dict[str, object]], Fields]:
    return lambda reply: {**reply, **fields}


def _replies(change: Callable[[dict[str, object]], Fields]) -> Callable[[Host], None]:
    return lambda host: _serve(host, change)


MODES: Mapping[str, Callable[[Host], None]] = {
    "ok": _serve,
    # before the greeting
    "never-greets": _never_greets,
    "exits": _exits,
    "greets-garbage": _greets_with(b"\xffhello\n"),
    "greets-list": _greets_with(b"[]\n"),
    "greets-nested": _greets_with(b"[" * 200_000 + b"\n"),
    "greets-half": _greets_with(b'{"ready":true,'),
    "other-protocol": _greets_with(b'{"ready":true,"protocol":999}\n'),
    # after it
    "silent": _silent,
    "slow": _slow,
    "stubborn": _stubborn,
    "hangs-up": _hangs_up,
    "garbage": _garbage,
    "broken-json": _broken_json,
    "half-line": _half_line,
    "dies": _dies,
    "dies-idle": _dies_idle,
    "twice": _twice,
    "huge": _huge,
    "floods": _floods,
    "grandchild": _grandchild,
    "other-id": _replies(lambda reply: {**reply, "id": _int(reply["id"]) + 1}),
    "longer-id": _replies(lambda reply: {**reply, "id": _int(reply["id"]) * 10}),
    "extra-field": _replies(_with(verdict="proved")),
    "missing-field": _replies(_without("heap")),
    "wrong-type": _replies(_with(heap="1")),
    "error-and-state": _replies(_with(error="no", state=1)),
}


def main() -> None:
    """Misbehave until killed, hung up on, or two minutes have passed."""
    signal.alarm(_LIFE_SECONDS)
    channel = socket.socket(fileno=int(sys.argv[-1]))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        MODES[sys.argv[1]](Host(channel))


if __name__ == "__main__":
    main()
