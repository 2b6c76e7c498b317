"""The length of proof text in tokens of Lean."""

from proofagent.goals.lexer import Kind, code


def lean_tokens(text: str) -> int:
    """How many tokens `text` has: a name with its dots is one, comments and blanks are none.

    The measure of ProofOptimizer (arXiv 2510.15700, section 2), so that figures compare. Raises `GoalError` where a
    comment or a string does not end.
    """
    return sum(1 for token in code(text) if token.kind is not Kind.DOC)


def free_tokens(text: str) -> int:
    """As `lean_tokens`, without the `;` between tactics: a new line would say the same. Raises `GoalError`."""
    return sum(1 for token in code(text) if token.kind is not Kind.DOC and token.text != ";")
