"""Digests that see through names which Lean makes up.

A `match` in a statement becomes a constant of its own, a side proof another one, and their names are numbered in the
order of need: a helper lemma before the theorem changes them. Such a constant counts here as what it is, a function
by its type and value, a proof by what it proves, for proofs of one statement are equal to the kernel.
"""

import re
from collections.abc import Container
from hashlib import blake2b

from proofagent.lean.olean import Constant, Kind, Module, Recursor, Safety, Term, ordered

_MADE_UP = re.compile(r"(?:^|\.)(?:_(?!private\b)\w+|match_\d+|«_[^»]*»|eq_\d+|proof_\d+|omega_\w*)(?:\.|$)")


_BODIES = (Kind.DEFINITION, Kind.THEOREM)


def made_up(name: str) -> bool:
    """Whether `name` looks like one of Lean's own making; a person may have written it all the same."""
    return _MADE_UP.search(name) is not None


class Contents:
    """Digests of one module's constants, which see through made-up names but those in `named`.

    All methods raise `OleanError`.
    """

    def __init__(self, module: Module, named: Container[str]) -> None:
        self.aliases: dict[str, bytes] = {}
        """What stands for a made-up function or proof."""
        bodies = (n for n, c in module.constants.items() if c.kind in _BODIES and c.safety is Safety.SAFE)
        for group in ordered(module, (name for name in bodies if made_up(name) and name not in named)):
            for constant in group:
                self.aliases[str(constant.name)] = self._content(constant)

    def type(self, constant: Constant) -> tuple[int, bytes]:
        """What a constant states: the number of its universe parameters, and the digest of its type."""
        return len(constant.level_params), self._digest(constant, constant.type)

    def value(self, constant: Constant) -> object:
        """The digest of the value, and what an inductive type, constructor or recursor has besides its type."""
        detail = constant.detail
        if isinstance(detail, Recursor):
            rules = [(str(rule.constructor), rule.fields, self._digest(constant, rule.value)) for rule in detail.rules]
            return detail.params, detail.indices, detail.motives, detail.minors, detail.k, rules
        return detail, None if constant.value is None else self._digest(constant, constant.value)

    def _digest(self, constant: Constant, term: Term) -> bytes:
        return term.digest(constant.level_params, self.aliases)

    def _content(self, constant: Constant) -> bytes:
        theorem = constant.kind is Kind.THEOREM
        content = repr((constant.kind.value, self.type(constant), None if theorem else self.value(constant)))
        return blake2b(b"made up " + content.encode(), digest_size=32).digest()
