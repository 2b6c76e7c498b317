"""The server: tools by name, errors as answers, progress for as long as a call lasts.

The SDK's low level is used: the tools' models say themselves what they take and give, nothing but tools is offered, and
no setting of the SDK is read from the environment or from files.
"""

import logging
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Generic, TypeVar

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.session import ServerSession
from mcp.shared.exceptions import McpError
from pydantic import BaseModel

from proofagent.errors import EngineError, ProofAgentError, first_of
from proofagent.mcp.bench import Bench, Progress, Serving, open_bench
from proofagent.mcp.inputs import CheckInput, MinimizeInput, ProveInput, ScoreInput, StepInput, read_input
from proofagent.mcp.outputs import CheckOutput, MinimizeOutput, Output, ProveOutput, ScoreOutput, StepOutput
from proofagent.mcp.proving import prove, step
from proofagent.mcp.stdio import connected, private_descriptors
from proofagent.mcp.tools import check, minimize, score

_PROGRESS_SECONDS = 1.0
_MOST_DETAIL = 500
"""Characters of what a Lean printed before it died."""
_INSTRUCTIONS = """\
Tools for Lean 4. Only `check` with outcome "accepted" and `prove` or `step` with outcome "proved" mean that a statement
is proved: a fresh Lean has compiled the proof, a clean kernel has taken it, and it was compared with the statement.
Try `prove` first; where it fails, go on by hand with `step`, from the partial state that it gives. Texts are whole:
what a statement needs (imports, definitions, `open`) stands before it. Nothing is remembered between calls, and no file
is changed."""

I = TypeVar("I", bound=BaseModel)  # noqa: E741  input
O = TypeVar("O", bound=Output)  # noqa: E741  output


@dataclass(frozen=True, slots=True)
class Tool(Generic[I, O]):
    """A tool: what it takes and gives, and what does it."""

    name: str
    title: str
    about: str
    takes: type[I]
    gives: type[O]
    work: Callable[[Bench, I, Progress], Awaitable[O]]

    async def call(self, bench: Bench, arguments: Mapping[str, object], progress: Progress) -> types.CallToolResult:
        given = read_input(self.takes, arguments)
        async with bench.place():
            progress.start("starting")
            found = await self.work(bench, given, progress)
        text = types.TextContent(type="text", text=found.brief())
        return types.CallToolResult(content=[text], structuredContent=found.model_dump(mode="json"))

    def model(self, bench: Bench) -> types.Tool:
        """The tool as clients are told of it."""
        hints = types.ToolAnnotations(
            title=self.title,
            # Where nothing keeps a program in a text from it, files may be changed.
            readOnlyHint=not bench.trusted,
            destructiveHint=bench.trusted,
            idempotentHint=True,
            openWorldHint=bench.asks and self.takes is ProveInput,
        )
        return types.Tool(
            name=self.name,
            title=self.title,
            description=self.about,
            inputSchema=self.takes.model_json_schema(),
            outputSchema=self.gives.model_json_schema(mode="serialization"),
            annotations=hints,
        )


TOOLS = (
    Tool(
        "check",
        "Check a proof",
        "Whether a Lean solution proves what a challenge states. Both are compiled by fresh processes, the solution's "
        "declarations are taken by a kernel that never saw its text, and compared with the challenge as kernel terms: "
        "cheats (`sorry`, axioms, changed statements or definitions) are rejected with reasons. Returns accepted, "
        "rejected or undecided, and the receipt.",
        CheckInput,
        CheckOutput,
        check,
    ),
    Tool(
        "prove",
        "Prove a statement",
        "Search for a proof of a Lean statement, or of the `sorry`s of a Lean text, and for a refutation. What it "
        "calls proved was accepted by the gate; otherwise it says why not, and how far the search came.",
        ProveInput,
        ProveOutput,
        prove,
    ),
    Tool(
        "step",
        "Run a tactic",
        "Run one tactic after the tactics so far, in the proof of a statement, and see what goals are left, or what "
        "Lean says against it. Where no goal is left the gate is asked about the whole proof.",
        StepInput,
        StepOutput,
        step,
    ),
    Tool(
        "score",
        "Measure proofs",
        "Measure the proofs of a Lean text, if the gate accepts them: length, strength of tactics, size of terms, "
        "heartbeats, warnings, how robust they are.",
        ScoreInput,
        ScoreOutput,
        score,
    ),
    Tool(
        "minimize",
        "Shorten proofs",
        "Make the proofs of a Lean text shorter, or better under another profile. Statements stay as they are, and the "
        "gate has accepted what is given back.",
        MinimizeInput,
        MinimizeOutput,
        minimize,
    ),
)


async def serve(serving: Serving) -> None:
    """Serve over standard input and output until the input ends, or this is cancelled; nothing is left running.

    Raises `SetupError` where the Lean is missing, and `ConfigError` where a model cannot be had.
    """
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(message)s")
    with private_descriptors() as (given, out):
        async with open_bench(serving) as bench, connected(given, out) as (incoming, outgoing):
            server = _server(bench)
            await server.run(incoming, outgoing, server.create_initialization_options())


def _server(bench: Bench) -> Server[dict[str, object], object]:
    server = Server[dict[str, object], object]("proofagent", version("proofagent"), _INSTRUCTIONS)
    tools = {tool.name: tool for tool in TOOLS}
    listed = types.ListToolsResult(tools=[tool.model(bench) for tool in TOOLS])

    async def tell(_request: types.ListToolsRequest) -> types.ServerResult:
        return types.ServerResult(listed)

    async def call(request: types.CallToolRequest) -> types.ServerResult:
        tool = tools.get(request.params.name)
        if tool is None:
            said = f"there is no tool of that name; there are: {', '.join(tools)}"
            raise McpError(types.ErrorData(code=types.INVALID_PARAMS, message=said))
        progress, context = Progress(), server.request_context
        async with anyio.create_task_group() as group:
            if context.meta is not None and context.meta.progressToken is not None:
                group.start_soon(_report, context.session, context.meta.progressToken, progress)
            try:
                result = await tool.call(bench, request.params.arguments or {}, progress)
            except Exception as error:  # noqa: BLE001  whatever goes wrong with one call, the server lives on
                result = _failed(error)
            group.cancel_scope.cancel()
        return types.ServerResult(result)

    server.request_handlers[types.ListToolsRequest] = tell
    server.request_handlers[types.CallToolRequest] = call
    return server


async def _report(session: ServerSession, token: str | int, progress: Progress) -> None:
    """Tell the client about once a second what is being done, until the call ends."""
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        while True:
            await session.send_progress_notification(token, progress.elapsed, progress.total, progress.message)
            await anyio.sleep(_PROGRESS_SECONDS)


def _failed(error: Exception) -> types.CallToolResult:
    """An error as the answer to a call. One that nobody foresaw is printed too."""
    first = first_of(error)
    if isinstance(first, EngineError):
        detail = first.detail[-_MOST_DETAIL:]
        said = "\n".join(filter(None, [f"Lean could not do its work, so nothing is known: {first}", detail]))
    elif isinstance(first, ProofAgentError):
        said = str(first)
    else:
        traceback.print_exception(first)
        said = f"proofagent has a bug, please report it: {type(first).__name__}: {first}"
    legible = said.encode("utf-8", "replace").decode()
    return types.CallToolResult(content=[types.TextContent(type="text", text=legible)], isError=True)
