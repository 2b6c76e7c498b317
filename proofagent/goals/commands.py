"""A Lean file as header and commands, found without Lean.

Lean cuts a file by parsing it with the syntax that the file itself extends; here keywords, columns and brackets
decide. That is right for text as people write it; in doubt, more text belongs to the command before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from proofagent.errors import GoalError
from proofagent.goals.lexer import BLANK, BOM, Kind, Token, code, scan, where

DECLARATIONS = frozenset(
    """
    theorem lemma example def abbrev instance structure class inductive coinductive axiom opaque
    """.split()  # noqa: SIM905 - as a list it is twelve lines
)
"""Keywords that declare something, by name or without."""

_RESERVED = DECLARATIONS | {"namespace", "section", "end", "mutual", "variable", "universe"}  # not in terms or tactics
_SIMPLE = frozenset(  # commands that hold no terms or tactics in which the others' keywords could stand
    ["namespace", "section", "end", "variable", "universe", "open", "set_option", "attribute", "export", "/-!"],
)
_AT_LINE_START = frozenset(
    """
    open set_option attribute export include omit seal unseal deriving initialize builtin_initialize run_cmd
    run_elab run_meta notation notation3 infix infixl infixr prefix postfix macro macro_rules syntax elab elab_rules
    declare_syntax_cat declare_config_elab binder_predicate unif_hint simproc dsimproc simproc_decl dsimproc_decl
    builtin_simproc builtin_dsimproc register_option register_builtin_option register_simp_attr register_label_attr
    register_error_explanation grind_pattern gen_injective_theorems add_decl_doc init_quot import assert_not_exists
    assert_exists assert_not_imported library_note alias irreducible_def proof_wanted theorem_wanted def_wanted
    instance_wanted recall suppress_compilation unsuppress_compilation compile_inductive compile_def
    initialize_simps_projections declare_aesop_rule_sets add_aesop_rules erase_aesop_rules deprecated_module
    variables extend_docs show_panel_widgets unset_option with_weak_namespace reprove variable? grind_propagator
    builtin_grind_propagator init_grind_norm grind_annotated register_grind_attr reset_grind_attrs% simproc_pattern%
    builtin_simproc_decl builtin_dsimproc_decl builtin_simproc_pattern% declare_simp_like_tactic
    declare_config_getter declare_command_config_elab docs_to_verso elab_stx_quot norm_cast_add_elim
    recommended_spelling register_linter_set register_tactic_tag register_try?_tactic set_library_suggestions
    tactic_extension test_extern declare_int_theorems declare_uint_theorems declare_bitwise_int_theorems
    declare_bitwise_uint_theorems declare_sint_simprocs declare_uint_simprocs assert_no_sorry
    guard_min_heartbeats mk_iff_of_inductive_prop count_heartbeats register_hint sudo
    """.split()  # noqa: SIM905 - as a list it is a hundred lines
)
KEYWORDS = _RESERVED | _AT_LINE_START
_MODIFIERS = frozenset(
    ["private", "protected", "noncomputable", "unsafe", "partial", "nonrec", "public", "scoped", "local", "meta"]
)
DEPTH = dict.fromkeys(["(", "[", "{", "⟨", "⦃", "⟦", "@[", "`(", "``("], 1) | dict.fromkeys(
    [")", "]", "}", "⟩", "⦄", "⟧", "]'"], -1
)
"""By how much a token changes the depth of brackets."""
_DERIVED_INSTANCE = re.compile(r"\s+(?:noncomputable\s+)?instance\b")
_HASH_WORD = re.compile(r"[A-Za-z_]\w*+[!?]?")


@dataclass(frozen=True, slots=True)
class Header:
    """The beginning of a file: `module`, `prelude` and imports."""

    imports: tuple[str, ...]
    """The modules as written, in their order; `Init`, which Lean adds, is not among them."""
    end: int
    """Offset in code points behind the line of the last of them; 0, or behind the byte order mark, without any."""
    module: bool = False
    prelude: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """``text[start:end]`` is a command with its doc comment, attributes and modifiers; blanks around it are not in it.

    `open … in` and its like are part of the command that follows; a mutual block is one command.
    """

    start: int
    end: int
    keyword: str
    """`theorem`, `#eval`, `/-!` …, that of the last command after `in`; of an unknown command, its first token."""
    at: int
    """Where the keyword stands."""

    @property
    def known(self) -> bool:
        """Whether the keyword is one that begins a command; False for whatever else text begins with."""
        return self.keyword in KEYWORDS or self.keyword == "/-!" or (self.keyword[:1] == "#" and len(self.keyword) > 1)


def header(text: str) -> Header:
    """The header of a file; what comes after it is not looked at.

    Raises GoalError where `import` has no module after it, or a comment does not end.
    """
    end = 1 if text.startswith(BOM) else 0
    imports: list[str] = []
    flags: set[str] = set()
    statement: list[str] = []  # the words of the import that we are in
    for token in code(text):
        word = token.text
        if statement[-1:] == ["import"] and word == "all":
            statement.append("import")
        elif statement[-1:] == ["import"]:
            if token.kind is not Kind.IDENTIFIER:
                raise GoalError("`import` needs the name of a module", where=where(text, token.start))
            imports.append(word)
            statement, end = [], _line_end(text, token.end)
        elif word == "import" or (word in {"public", "meta"} and word not in statement):
            statement.append(word)
        elif word in {"module", "prelude"} and not imports and not statement and word not in flags:
            flags.add(word)
            end = _line_end(text, token.end)
        else:
            break
    else:
        if statement[-1:] == ["import"]:
            raise GoalError("`import` needs the name of a module", where=where(text, len(text)))
    return Header(tuple(imports), end, "module" in flags, "prelude" in flags)


def commands(text: str) -> list[Command]:
    """The commands after the header, in their order.

    Raises GoalError with line and column where a comment or string does not end, or an import is broken.
    """
    return list(split(text, header(text).end))


def split(text: str, start: int = 0, stop: int | None = None) -> Iterator[Command]:
    """The commands of ``text[start:stop]``, which has no header; errors as `commands`."""
    splitter = _Splitter(text)
    for token in code(text, start, stop):
        yield from splitter.take(token)
    yield from splitter.close()


def _line_end(text: str, offset: int) -> int:
    """Behind the line break if only blanks follow on this line; `offset` otherwise."""
    for token in scan(text, offset):
        if token.kind is Kind.NEWLINE:
            return token.end
        if token.kind not in BLANK or "\n" in token.text:
            return offset
    return len(text)


@dataclass(slots=True)
class _Splitter:
    """Takes the tokens of a file and gives back each command when the next begins."""

    text: str
    start: int = -1
    """Where the present command begins; -1 outside any."""
    keyword: str = ""
    at: int = 0
    last: Token = field(default=Token(Kind.SPACE, "", 0))
    """The last token of the present command, prefixes of the next not counted."""
    depth: int = 0
    prefix: Token | None = None
    """The first of the doc comments, attributes and modifiers that stand directly before the present token."""
    prefix_last: Token | None = None
    prefix_depth: int = 0
    """Brackets of an attribute list that are still open."""

    def take(self, token: Token) -> Iterator[Command]:
        if self.keyword == "mutual":
            self.last = token
            if token.text == "end":
                yield from self.close()
            return
        if self._is_prefix(token):
            self.prefix = self.prefix or token
            self.prefix_last = token
            return
        first, self.prefix = self.prefix or token, None
        if self._begins(token, first):
            if self.start >= 0 and self.last.text == "in":
                self.keyword, self.at = self._keyword(token), token.start
            else:
                yield from self.close()
                self.start, self.keyword, self.at = first.start, self._keyword(token), token.start
            self.depth = 0
        self.depth = max(0, self.depth + DEPTH.get(token.text, 0))
        self.last = token
        if self.keyword == "/-!":
            yield from self.close()

    def close(self) -> Iterator[Command]:
        """The present command, if there is one; prefixes without a command at the end of the text belong to it."""
        if self.prefix is not None and self.prefix_last is not None:
            if self.start < 0:
                self.start, self.keyword, self.at = self.prefix.start, self.prefix.text, self.prefix.start
            self.last, self.prefix = self.prefix_last, None
        if self.start >= 0:
            yield Command(self.start, self.last.end, self.keyword, self.at)
        self.start, self.keyword, self.depth = -1, "", 0

    def _is_prefix(self, token: Token) -> bool:
        if self.prefix_depth > 0:
            self.prefix_depth += DEPTH.get(token.text, 0)
            return True
        if token.text == "@[":
            self.prefix_depth = 1
            return True
        return token.text in _MODIFIERS or (token.kind is Kind.DOC and not token.text.startswith("/-!"))

    def _begins(self, token: Token, first: Token) -> bool:
        """Whether the command that this token is in begins with it, or with its prefix `first`."""
        if self.start < 0 or token.kind is Kind.DOC:
            return True
        if self.last.text in {"deriving", "class"} and self.last.start == self.at:
            return False  # deriving instance, class inductive
        line_start = self._starts_line(first)
        if token.text == "deriving":
            return line_start and _DERIVED_INSTANCE.match(self.text, token.end) is not None
        if token.text in KEYWORDS and not self.text.startswith(".", token.start - 1):
            free = self.depth == 0 and (token.text in _RESERVED or self.keyword in _SIMPLE)
            return line_start or free or (first is not token and self.depth == 0)
        if token.text == "#":
            return line_start and _HASH_WORD.match(self.text, token.end) is not None
        return line_start and first is not token and first.kind is not Kind.DOC

    def _keyword(self, token: Token) -> str:
        if token.kind is Kind.DOC:
            return "/-!"
        word = _HASH_WORD.match(self.text, token.end) if token.text == "#" else None
        return token.text + (word[0] if word else "")

    def _starts_line(self, token: Token) -> bool:
        before = self.text[token.start - 1] if token.start else "\n"
        return before == "\n" or (before == BOM and token.start == 1)
