"""What a command declares: its name, its full name, and where its statement ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proofagent.errors import GoalError
from proofagent.goals.commands import DECLARATIONS, DEPTH, Command, split
from proofagent.goals.lexer import Kind, Token, code, components, where

MAX_SCOPES = 1000


def declaration(command_text: str) -> str | None:
    """The name that a command declares, as it stands there; None for an example, a nameless instance, no declaration.

    Raises GoalError where a comment or string does not end.
    """
    command = next(split(command_text), None)
    return declared_name(command_text, command) if command else None


def declared_name(text: str, command: Command) -> str | None:
    """As `declaration`, for a command of a larger text."""
    if command.keyword not in DECLARATIONS or command.keyword == "example":
        return None
    words = code(text, command.at, command.end)
    next(words)
    word = next(words, None)
    if word and command.keyword == "class" and word.text in {"inductive", "abbrev"}:
        word = next(words, None)
    if word and command.keyword == "instance" and word.text == "(":  # (priority := …)
        depth = 1
        while depth > 0 and (word := next(words, None)):
            depth += DEPTH.get(word.text, 0)
        word = next(words, None)
    return word.text if word and word.kind is Kind.IDENTIFIER else None


def statement_end(command_text: str) -> int:
    """The offset of the `:=`, of the `where`, or of the `|` of the first alternative, that ends the statement.

    Without any, the end of the last token that is not blank. Raises GoalError where a comment or string does not end.
    """
    command = next(split(command_text), None)
    return statement_stop(command_text, command) if command else 0


def statement_stop(text: str, command: Command) -> int:
    """As `statement_end`, for a command of a larger text, and as an offset into that."""
    reader = _Statement(alternatives_at_once=command.keyword in {"inductive", "coinductive", "class"})
    for token in code(text, command.at, command.end):
        found = reader.take(token)
        if found is not None:
            return found
    return command.end


def namespaces(text: str, of: Iterable[Command]) -> list[str]:
    """The namespace in which each command stands, "" at the top; a `namespace` stands in the one around it.

    An `end` too many is passed over, as Lean's error for it does not stop the file either. Raises GoalError where
    scopes are nested deeper than any human nests them.
    """
    scopes: list[str | None] = []  # a component of a namespace, or None for a section
    result = []
    for command in of:
        result.append(".".join(scope for scope in scopes if scope is not None))
        if command.keyword not in {"namespace", "section", "end"}:
            continue
        words = [token.text for token in code(text, command.at, command.end)]
        parts = components(words[1]) if len(words) > 1 else []
        if command.keyword == "end":
            del scopes[max(0, len(scopes) - max(1, len(parts))) :]
        elif command.keyword == "namespace":
            scopes.extend(parts)
        else:
            scopes.extend([None] * max(1, len(parts)))
        if len(scopes) > MAX_SCOPES:
            raise GoalError(f"more than {MAX_SCOPES} nested scopes", where=where(text, command.start))
    return result


def full_name(namespace: str, name: str) -> str:
    """The name that `name`, declared in `namespace`, has everywhere: ``_root_.`` leads out of all namespaces."""
    if name.startswith("_root_."):
        return name.removeprefix("_root_.")
    return f"{namespace}.{name}" if namespace else name


def namespace_at(text: str, offset: int, of: Sequence[Command]) -> str:
    """The namespace in force at an offset, given the commands of the text."""
    before = [command for command in of if command.end <= offset]
    return namespaces(text, [*before, Command(offset, offset, "", offset)])[-1]


def inner(text: str, mutual: Command) -> list[Command]:
    """The commands within a mutual block."""
    start, stop = mutual.at + len("mutual"), mutual.end
    for token in code(text, start, stop):
        if token.text == "end":
            stop = token.start
            break
    return list(split(text, start, stop))


_LETS = frozenset(["let", "have", "letI", "haveI", "let_fun", "let_delayed", "let_tmp"])


@dataclass(slots=True)
class _Statement:
    """Takes the tokens of a declaration from its keyword on, and finds where the statement ends."""

    alternatives_at_once: bool
    """An inductive type's constructors are alternatives without arrows."""
    depth: int = 0
    lets: int = 0
    """Each takes the next `:=`."""
    branching: bool = False
    """Behind a `match`, a `fun` or a `let` with alternatives: `|` is no longer the declaration's."""
    bar: int | None = None
    """A `|` that is the first alternative's if an arrow follows before any `:=`."""

    def take(self, token: Token) -> int | None:
        """The end of the statement, once it is known."""
        word = token.text
        if change := DEPTH.get(word, 0):
            self.depth = max(0, self.depth + change)
        elif self.depth > 0:
            pass
        elif word in _LETS:
            self.lets += 1
        elif word in {"match", "fun", "λ", "nomatch"}:
            self.branching = True
        elif word == "where":
            return token.start if self.bar is None else self.bar
        elif word in {":=", "←", "<-"}:
            if word == ":=" and self.lets == 0:
                return token.start
            self.lets = max(0, self.lets - 1)
        elif word == "|":
            return self._at_bar(token)
        elif word == "=>" and self.bar is not None and not self.branching:
            return self.bar
        return None

    def _at_bar(self, token: Token) -> int | None:
        if self.alternatives_at_once:
            return token.start
        if self.lets > 0:
            self.lets -= 1
            self.branching = True
        elif self.bar is None and not self.branching:
            self.bar = token.start
        return None
