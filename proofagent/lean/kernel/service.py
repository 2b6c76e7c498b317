"""What the process of a native kernel does with a request; `host` has the protocol."""

import ctypes
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterable
from typing import NoReturn

from proofagent.lean.kernel.objects import Lean, box
from proofagent.lean.kernel.tables import Fields, Malformed, Tables

PROTOCOL = 1
QUOTIENT = "type", "ctor", "lift", "ind"


class Check:
    """One request: its lines given to the kernel, one after the other."""

    def __init__(self, lean: Lean, new: Iterable[str]) -> None:
        self._lean, self._tables = lean, Tables(lean)
        self._environment = lean.empty
        self._new = frozenset(new)
        self._assumed: list[Fields] = []
        self._counts = {"taken": 0, "checked": 0, "assumed": 0}
        self._names: list[str] = []
        self._refused: list[Fields] = []

    def run(self, lines: str) -> Fields:
        """The reply."""
        for number, line in enumerate(lines.split("\n")):
            try:
                fields = json.loads(line) if line else {"meta": {}}
                if "meta" not in fields and not self._tables.part(fields):
                    [(word, d)] = fields.items()
                    self._declare(word, d)
            except (
                Malformed,
                ArithmeticError,
                AttributeError,
                LookupError,
                RecursionError,
                TypeError,
                ValueError,
            ) as error:
                raise Malformed(f"line {number + 1}: {type(error).__name__}: {error}"[:300]) from error
        return {**self._counts, "names": self._names, "refused": self._refused, "opaque": self._opaque()}

    def _declare(self, word: str, d: Fields) -> None:
        if word == "quot" and QUOTIENT.index(d["kind"]) > 0:
            return  # all four come with the first
        members = d["types"] if word == "inductive" else [d]
        names = [self._tables.text(member["name"]) for member in members]
        new = not self._new.isdisjoint(names)
        after, error = self._lean.add(self._environment, self._tables.declaration(word, d))
        if after and word == "inductive" and (said := self._tables.differs(after, d)):
            after, error = None, f"the kernel makes something else of it: {said}"
        if after:
            self._environment = after
            self._counts["taken" if new else "assumed" if word == "axiom" else "checked"] += 1
            self._names += names if new else []
            if word == "axiom" and not new:
                self._assumed.append(d)
        elif new or word == "inductive" or not self._assume(d):
            self._refused.append({"names": names, "error": error})

    def _assume(self, d: Fields) -> bool:
        """Enter a declaration of the library, whose body does not stand alone here, by its type."""
        if d.get("isUnsafe") or d.get("safety", "safe") != "safe":
            return False  # as an axiom it would be safe
        after, _ = self._lean.add(self._environment, self._tables.axiom(d))
        if after:
            self._environment = after
            self._counts["assumed"] += 1
            self._assumed.append(d)
        return after is not None

    def _opaque(self) -> list[str]:
        """What was assumed and is no proposition: the kernel takes a theorem of any other type for an error."""
        found = []
        # A name that no declaration can have guessed: one that is there already would make an error of everything.
        probe = self._lean.name_string(box(0), self._lean.string(secrets.token_hex(16)))
        for d in self._assumed:
            levels = self._lean.list(self._lean.param(self._tables.name(param)) for param in d["levelParams"])
            constant = self._lean.constant(self._tables.name(d["name"]), levels)
            make = self._lean.constructor
            params, type_ = self._tables.all(d["levelParams"]), self._tables.term(d["type"])
            value = make(0, (make(0, (probe, params, type_)), constant, self._lean.list([probe])))
            _, error = self._lean.add(self._environment, make(2, (value,)))
            if error:
                found.append(self._tables.text(d["name"]))
        return found


def die_with_parent(parent: int) -> None:
    """A kernel that hangs cannot see that its parent is gone; the system can (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def serve(library: str, descriptor: int, parent: int) -> NoReturn:
    """Answer requests on a socket until `parent` closes it."""
    die_with_parent(parent)
    lean = Lean(library)
    with socket.socket(fileno=descriptor) as channel, channel.makefile("rwb") as stream:
        stream.write(json.dumps({"ready": True, "protocol": PROTOCOL}).encode() + b"\n")
        stream.flush()
        for line in stream:
            request = json.loads(line)
            try:
                body = Check(lean, request["new"]).run(request["lines"])
            except Malformed as error:
                body = {"error": str(error)}
            reply = {"id": request["id"], "version": lean.version, **body}
            stream.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
            stream.flush()
    sys.exit(0)
