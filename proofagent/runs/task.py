"""What files have to prove: the statements of the first of them, with `sorry`, as the gate's challenge."""

from collections.abc import Sequence
from dataclasses import dataclass

from proofagent.check.gate import Claim
from proofagent.errors import UsageError
from proofagent.goals.files import Source
from proofagent.goals.outline import Part, outline


@dataclass(frozen=True, slots=True)
class Task:
    """What all files have to prove: a trusted file with `sorry`, and its theorems."""

    imports: tuple[str, ...]
    challenge: str
    theorems: tuple[str, ...]
    statement: str

    def claim(self, solution: Source) -> Claim:
        """What the gate is asked about a file."""
        return Claim(self.imports, self.challenge, solution.body, self.theorems, solution.imports)


def task_of(sources: Sequence[Source], wanted: Sequence[str] = ()) -> Task:
    """The theorems `wanted` of the first file, or all that every file has by name, as statements with `sorry`.

    What only some files declare, a lemma say, is theirs alone and no part of it. Raises `UsageError` where a theorem is
    not in the first file, or none is in all of them, and `GoalError` where a file cannot be read to its end.
    """
    first, *others = [list(outline(each.body)) for each in sources]
    shared = {part.name for part in first if part.name}.intersection(*({part.name for part in p} for p in others))
    proved = [part.name for part in first if part.proves]
    if missing := next((name for name in wanted if name not in proved), None):
        raise UsageError(f"{sources[0].path}: there is no theorem `{missing}`")
    theorems = tuple(dict.fromkeys(name for name in proved if name in (wanted or shared)))
    if not theorems:
        if len(sources) == 1:
            raise UsageError(f"{sources[0].path}: there is no theorem")
        raise UsageError("the files have no theorem in common: all have to prove the same, under the same name")
    kept, statements = list[str](), list[str]()
    for part in first:
        if part.name in theorems:
            statements.append(part.statement)
            kept.append(f"{statements[-1]} := by\n  sorry")
        elif _is_shared(part, shared):
            kept.append(part.text)
    return Task(sources[0].imports, "\n\n".join(kept) + "\n", theorems, "\n\n".join(statements))


def _is_shared(part: Part, shared: set[str]) -> bool:
    """Whether a command of the first file, no theorem to be proved, is what statements may rest on."""
    if part.proves or part.keyword == "example" or part.keyword.startswith(("#", "/-!")):
        return False
    return not part.name or part.name in shared
