"""The experiment behind a verdict: two processes, one of which never sees the solution's text.

    judge      compiles the challenge; then gives the solution's declarations to its kernel
    suspect    compiles the solution, which may do whatever it likes to this process

What the suspect wrote is data. It is read here, without Lean, and of what it says nothing is believed: what counts is
the artefact that the judge writes after its own kernel has taken each declaration.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import anyio

from proofagent.check.clock import in_time
from proofagent.check.receipt import Rung, sha256
from proofagent.errors import EngineError
from proofagent.lean.engine import OUT_OF_MEANS, Compilation, Engine, Header, Identity, Message, Refusal
from proofagent.lean.olean import Module, Safety, export

_UNKNOWN = Identity("", "", "")


MAX_ARTEFACT = 64 << 20
"""Bytes of a compiled file; the largest of Lean's own library has a sixth of that."""


class Inconclusive(Exception):
    """The experiment cannot be done; the text says why."""


class NotCompiled(Inconclusive):
    """The solution has errors, and this Lean writes no artefact of such a text."""


@dataclass(slots=True)
class Trial:
    """What an experiment has shown so far; also of one that ended early."""

    folder: Path
    deadline: float
    """Seconds for each compilation and for the replay."""
    rung: Rung = "nothing"
    identity: Identity = _UNKNOWN
    artefacts: dict[str, str] = field(default_factory=dict)
    """Hashes of the files, by what they are of."""
    seconds: dict[str, float] = field(default_factory=dict)
    stated: tuple[Message, ...] = ()
    """What Lean said of the challenge."""
    said: tuple[Message, ...] = ()
    """What it said of the solution."""
    refused: tuple[Refusal, ...] = ()

    async def run(
        self, engines: tuple[Engine, Engine], imports: tuple[tuple[str, ...], tuple[str, ...]], texts: tuple[str, str]
    ) -> tuple[Module, Module]:
        """The modules of the challenge, and of the solution as the judge's kernel has it, `imports` for each text.

        Where the kernel refuses something, the second is what the suspect wrote. Raises `Inconclusive`,
        `EngineError`, `OleanError` and `OSError`; whichever it is, nothing is known of the solution, but where it is
        `NotCompiled`.
        """
        made: dict[str, Compilation] = {}
        early: Module | None = None
        jobs = list(zip(("challenge", "solution"), engines, map(Header, imports), texts, strict=True))
        if engines[1].identity.sandboxed:
            async with anyio.create_task_group() as group:
                for job in jobs:
                    group.start_soon(self._compile, made, *job)
        else:  # a suspect with our rights must not find what is still to be read
            await self._compile(made, *jobs[0])
            early = Module.open(self._file("challenge")) if made["challenge"].path is not None else None
            await self._compile(made, *jobs[1])
        self.stated, self.said = made["challenge"].messages, made["solution"].messages
        for name in ("challenge", "solution"):
            if made[name].status != "done":
                raise Inconclusive(f"{name}: {made[name].status}: {made[name].detail}")
            if made[name].path is None:
                error = NotCompiled if name == "solution" else Inconclusive
                raise error(f"{name}: it does not compile: {_first(made[name].messages)}")
            if (size := self._file(name).stat().st_size) > MAX_ARTEFACT:
                raise Inconclusive(f"{name}: its compiled file is too large to be looked at: {size >> 20} MB")
            self.artefacts[name] = sha256(self._file(name).read_bytes())
        self.rung = "compiled"
        challenge, written = early or Module.open(self._file("challenge")), Module.open(self._file("solution"))
        return challenge, await self._replayed(engines[0], tuple(dict.fromkeys(imports[0] + imports[1])), written)

    async def _compile(
        self, made: dict[str, Compilation], name: str, engine: Engine, header: Header, text: str
    ) -> None:
        try:
            made[name] = await engine.compile(header, text, self._file(name), deadline=self.deadline)
        except (EngineError, OSError) as error:  # a value here, or the other compilation would be cancelled for it
            made[name] = Compilation("lost", detail=str(error))
        self.seconds[name] = round(made[name].seconds, 3)

    async def _replayed(self, judge: Engine, imports: tuple[str, ...], written: Module) -> Module:
        """`written` with what the judge's kernel took in place of what the suspect says that it is."""
        safe = [name for name, constant in written.constants.items() if constant.safety is Safety.SAFE]
        lines = await in_time(partial(export, written, safe), self.deadline, "replay: the declarations are too long")
        replay = await judge.replay(imports, lines, self._file("replayed"), deadline=self.deadline)
        if replay.status != "done":
            raise Inconclusive(f"replay: {replay.status}: {replay.detail}")
        self.seconds["replay"] = round(replay.seconds, 3)
        if gave_up := [refusal for refusal in replay.refused if refusal.error in OUT_OF_MEANS]:
            raise Inconclusive(f"replay: the kernel gave up on {_names(gave_up)}: {gave_up[0].error}")
        if replay.refused:
            self.refused = replay.refused
            return written
        self.artefacts["replayed"] = sha256(self._file("replayed").read_bytes())
        taken = Module.open(self._file("replayed")).constants
        self.rung = "replayed"
        # The kernel takes nothing unsafe into what is safe, so what is left of that is there to be complained of.
        left = {name: constant for name, constant in written.constants.items() if constant.safety is not Safety.SAFE}
        return replace(written, constants=MappingProxyType({**left, **taken}))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.olean"


def _first(said: Iterable[Message]) -> str:
    return next((message.text.partition("\n")[0] for message in said if message.severity == "error"), "no reason given")


def _names(refusals: Iterable[Refusal]) -> str:
    return ", ".join(name for refusal in refusals for name in refusal.names)
