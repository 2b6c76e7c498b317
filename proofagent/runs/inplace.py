"""Proofs put where the `sorry`s of a file stand: what changes, and the file written, if nobody else did meanwhile."""

import difflib
from pathlib import Path

from proofagent.errors import GoalError
from proofagent.goals.files import LeanFile, read_text, write_atomically
from proofagent.runs.results import FileModel
from proofagent.runs.session import Session


async def settle(session: Session, file: LeanFile, output: Path | None) -> FileModel:
    """Check the file with all proofs that `session` has for it, and write it to `output`, which may be itself.

    What is written was accepted as a whole by the gate. Nothing raises but cancellation.
    """
    text, receipt, why = await session.finish(file)
    written = None
    if output is not None and not why and (text != file.text or output != file.path):
        try:
            write_back(file, text) if output == file.path else write_atomically(output, text)
            written = str(output)
        except GoalError as error:
            why = str(error)
    changed = difference(file.path, file.text, text)
    return FileModel(path=str(file.path), output=written, difference=changed, receipt=receipt, why=why)


def write_back(file: LeanFile, text: str) -> None:
    """Write `text` over the file. Raises `GoalError` where it cannot be written, or is not what was read."""
    if read_text(file.path) != file.text:
        raise GoalError("it was changed meanwhile, and is left alone", where=str(file.path))
    write_atomically(file.path, text)


def difference(path: Path, old: str, new: str) -> str:
    """A unified diff of the two texts, as `patch` reads it; it ends in a line feed."""
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
