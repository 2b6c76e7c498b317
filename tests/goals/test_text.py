"""Tokens, commands and statements of Lean text, without Lean."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.errors import GoalError
from proofagent.goals.commands import commands, header
from proofagent.goals.declarations import declaration, full_name, namespace_at, namespaces, statement_end
from proofagent.goals.lexer import Kind, components, line_and_column, sorries, tokens

FRAGMENTS = [
    *("theorem", "t", "sorry", "by", ":=", "|", "=>", "where", "fun", "let", "h'", "f'a'", "'a'", r"'\n'", r"'\x41'"),
    *("(", ")", "[", "]", "]'", "{", "}", "⟨", "⟩", "@[simp]", "/-- doc -/", "/-! mod -/", "/- a /- b -/ -/", "-- x\n"),
    *('"a\\"b"', 'r"\\"', 'r#"a"b"#', 's!"{x} {"y"}"', "«a b».c", "x.1.2", "0x1F", "1e5", "λ", "α₁", "ℕ", "→", "''"),
    *("\n", "\r\n", "\r", " ", "\t", "\ufeff", "`foo", "``bar", "`(", "#check", "end", "mutual", "open X in", "#[1]"),
    *("/-", "-/", '"', "'", "«", "»", "\\", "/", "-", "r#", 's!"', "\u00a0", "😀", ".", "@[", "private", "deriving"),
]
LEANISH = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=40).map("".join)


def kinds(text):
    return [(token.kind.value, token.text) for token in tokens(text) if token.kind is not Kind.SPACE]


def words(text):
    return [text[command.start : command.end] for command in commands(text)]


@given(LEANISH)
def test_tokens_joined_are_the_text(text):
    """Lexing loses nothing, and every token knows where it stands."""
    try:
        found = tokens(text)
    except GoalError:
        return
    assert "".join(token.text for token in found) == text
    assert all(text[token.start : token.end] == token.text != "" for token in found)


@given(LEANISH)
def test_commands_are_in_order_and_hold_every_token(text):
    """No token that is not blank falls between commands, and commands do not overlap."""
    try:
        found, begin = commands(text), header(text).end
    except GoalError:
        return
    for command in found:
        assert begin <= command.start <= command.at < command.end
        assert all(token.kind in {"space", "newline", "comment"} for token in tokens(text[begin : command.start]))
        begin = command.end
        declaration(text[command.start : command.end])
        assert 0 <= statement_end(text[command.start : command.end]) <= command.end - command.start


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h' f'a' x!", [("identifier", "h'"), ("identifier", "f'a'"), ("identifier", "x!")]),
        (r"'a' '\n' '\x41' '\''", [("char", "'a'"), ("char", r"'\n'"), ("char", r"'\x41'"), ("char", r"'\''")]),
        ("/- a /- b -/ c -/x", [("comment", "/- a /- b -/ c -/"), ("identifier", "x")]),
        ("/-- d -/ /-! m -/", [("doc", "/-- d -/"), ("doc", "/-! m -/")]),
        ("-- a\r\n-- b", [("comment", "-- a"), ("newline", "\r\n"), ("comment", "-- b")]),
        (r'"a\"-- /-" x', [("string", r'"a\"-- /-"'), ("identifier", "x")]),
        (r'r"\" r#"a"b"#', [("string", r'r"\"'), ("string", 'r#"a"b"#')]),
        (r's!"\{ {f "}"} {s!"{1}}"}" x', [("string", r's!"\{ {f "}"} {s!"{1}}"}"'), ("identifier", "x")]),
        ("«a b».c α₁.β", [("identifier", "«a b».c"), ("identifier", "α₁.β")]),
        ("λx=>x", [("symbol", "λ"), ("identifier", "x"), ("symbol", "=>"), ("identifier", "x")]),
        (
            "xs[i]'h",
            [("identifier", "xs"), ("symbol", "["), ("identifier", "i"), ("symbol", "]'"), ("identifier", "h")],
        ),
        ("1.5 0x1F", [("number", "1.5"), ("number", "0x1F")]),
    ],
)
def test_tokens(text, expected):
    """Tokens are those of Lean's own lexer, as far as they matter here."""
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "position"),
    [("a\n /- b", "2:1"), ('x "a', "1:2"), ('r#"a"', "1:0"), ('s!"{', "1:0"), ('s!"{"', "1:4"), ("/--/", "1:0")],
)
def test_what_does_not_end_is_refused_with_its_position(text, position):
    """A comment or string without an end is an error that says where it begins."""
    with pytest.raises(GoalError, match="does not end") as caught:
        tokens(text)
    assert caught.value.where == position


@pytest.mark.parametrize(
    "text",
    [
        "-- sorry",
        "/- sorry -/",
        "/-- sorry -/",
        '"sorry"',
        'r#"sorry"#',
        's!"{sorry}"',
        "«sorry»",
        "x.sorry",
        "sorry'",
        "sorry_ax",
        "sorryAx",
        "`sorry",
        "warn.sorry",
        "admit",
        "sorry.x",
    ],
)
def test_what_is_no_sorry(text):
    """Only the keyword is a hole, not a name or text that contains it."""
    assert sorries(text) == []


@pytest.mark.parametrize(
    "text", ["sorry", "(sorry)", "·sorry", ".sorry", "⟨sorry, 1⟩", "by sorry--x", "sorry;", "sorry\r\n"]
)
def test_what_is_a_sorry(text):
    """Whatever stands beside it, the keyword is found."""
    assert [text[token.start : token.end] for token in sorries(text)] == ["sorry"]


HOSTILE = [
    *(
        "/-",
        "-/",
        '"\\',
        "'",
        "«",
        "«a",
        's!"{',
        's!"{}"',
        "r#",
        "`",
        "{",
        "a.",
        "/--",
        "\r",
        "--\r",
        "'\\",
        "0x",
        "..",
        "| ",
    ),
    *("@[", "@[a] ", "#", "mutual\n", "section\n", "end\n", "open X in\n", "deriving\n", "let ", "theorem ", "/-!-/"),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_linear_time(unit):
    """Two hundred thousand of anything are read, or refused, in seconds."""
    begin = time.monotonic()
    text = unit * 200_000
    with suppress(GoalError):
        namespaces(text, commands(text))
    assert time.monotonic() - begin < 20


def test_five_megabytes_take_linear_time():
    """A long file takes as long per character as a short one."""
    unit = "theorem foo (a b : Nat) (h : a = b) : b = a := by\n  exact h.symm -- done\n\n"

    def seconds(count):
        begin = time.monotonic()
        assert len(commands(unit * count)) == count
        return time.monotonic() - begin

    few = 7_000
    assert seconds(few * 10) < 60 * max(seconds(few), 0.05)


@pytest.mark.parametrize(
    ("text", "imports", "end"),
    [
        ("", (), 0),
        ("def a := 1", (), 0),
        ("import A\nimport B.C -- why\n\ndef a := 1", ("A", "B.C"), 27),
        ("\ufeffimport A\r\ndef a := 1", ("A",), 11),
        (
            "/- x -/ -- y\nmodule\npublic import A\nimport all B\nmeta import C\npublic meta import D\npublic section",
            "ABCD",
            84,
        ),
        ("import A def a := 1", ("A",), 8),
        ("prelude\nimport A", ("A",), 16),
        ("import «a b».c\n/-! x -/", ("«a b».c",), 15),
        ("/-! x -/ import A", (), 0),
        ("public section", (), 0),
    ],
)
def test_header(text, imports, end):
    """Imports are found in all their forms, and nothing behind them is."""
    found = header(text)
    assert found.imports == tuple(imports)
    assert found.end == end
    assert found.module == ("module" in text)
    assert found.prelude == ("prelude" in text)


@pytest.mark.parametrize("text", ["import", "import 1", "import A\nimport \n", "import all"])
def test_import_without_a_module_is_refused(text):
    """An import that names nothing is an error with a position."""
    with pytest.raises(GoalError, match="needs the name") as caught:
        header(text)
    assert caught.value.where


@pytest.mark.parametrize(
    "parts",
    [
        ["theorem a : p := by\n  simp", "theorem b : q := sorry"],
        ["/-- doc -/\n@[simp,\n ext]\nprivate noncomputable def a := 1", "/-! mod -/", "example : p := q"],
        ["open Nat in\n/-- d -/\ntheorem a : p := q", "set_option x 1 in open A in lemma b : p := q"],
        ["namespace A", "  theorem a : p := q", "  @[simp] theorem b : p := q", "end A"],
        ["section A", "theorem b : p := q", "  end A", "  open Nat", "  set_option a true"],
        ["structure A where\n  /-- field -/\n  x : Nat\nderiving Repr", "deriving instance Repr for A"],
        ["deriving noncomputable instance Repr for A", "#eval 1", "#check a", "#guard_msgs in\n#eval 2"],
        ["mutual\ntheorem a : p := q\n  private def b := 1\nend", "class inductive C\n| a", "class A (x : Nat)"],
        [
            "def f : Nat → Nat\n| 0 => 1\n| _ => 2\ntermination_by x => x\ndecreasing_by simp",
            "macro_rules | `(x) => `(y)",
        ],
        [
            'macro "x" : command => `(command|\n  theorem a : p := q)',
            'local notation "x" => 1',
            "attribute [instance] a",
        ],
        ["theorem a : p := by\n  open Nat in simp\n  set_option x 1 in exact (.instance)", "instance : A := b"],
        ["theorem a : p := f .axiom x", "public meta section", "@[expose] public section", "@[x] strange_command y"],
        ["theorem a : p :=\nby simp", "variable (x : Nat) in theorem b : p := q", "alias c := d"],
    ],
)
def test_commands(parts):
    """A file is cut where people cut it; docs, attributes, modifiers and `in` go with what follows."""
    assert words("import A\n-- c\n" + "\n\n".join(parts) + "\n-- end\n") == [part.strip() for part in parts]


def test_keywords():
    """The keyword of a command is the one that says what it does."""
    text = "open A in private theorem a : p := q\n@[x]\n#eval 1\n/-! m -/\nmutual end\n⊢ x"
    assert [command.keyword for command in commands(text)] == ["theorem", "#eval", "/-!", "mutual", "⊢"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("theorem t : p", "t"),
        ("/-- theorem x -/ @[simp] private theorem A.t.{u} (a : Nat) : p", "A.t"),
        ("open Foo in\nlemma «a b».c : p", "«a b».c"),
        ("example : p", None),
        ("instance : A", None),
        ("instance (priority := (5)) foo : A", "foo"),
        ("instance (priority := 5) : A", None),
        ("class inductive A", "A"),
        ("def _root_.x := 1", "_root_.x"),
        ("open Nat", None),
        ("deriving instance A for B", None),
        ("theorem", None),
        ("", None),
    ],
)
def test_declaration(text, name):
    """The declared name stands behind the keyword, wherever that stands."""
    assert declaration(text) == name


@pytest.mark.parametrize(
    ("statement", "rest"),
    [
        ("theorem t : a = b", ":= by sorry"),
        ("theorem t (h : a = b := by simp) {x := 1} ⦃y⦄ : p", ":= sorry"),
        ("theorem t : let x := 1; x = 1", ":= by sorry"),
        ("theorem t : have : p := q; letI y := 2; p", ":= by sorry"),
        ("theorem t : match n with | 0 => p | _ => q", ":= by sorry"),
        ("theorem t : f = fun | 0 => 1 | n+1 => n", ":= by sorry"),
        ("theorem t : let f : Nat → Nat | 0 => 1 | n+1 => n; f 0 = 1", ":= by sorry"),
        ("theorem t : if let some x := o then p else q", ":= by sorry"),
        ("theorem t : |x - y| ≤ 1", ":= by sorry"),
        ("theorem t : (do let x ← a; pure x) = b", ":= by sorry"),
        ("theorem t : {x | x = 1} = s ∧ a || b", ":= by sorry"),
        ("theorem t : ∀ n, p n", "| 0 => sorry | _ => sorry"),
        ("def f : Nat → Nat", "\n| 0 => 1\n| n+1 => f n := x".lstrip()),
        ("instance : A Nat", "where\n  a := sorry"),
        ("structure A (x := 1) extends B", "where\n  a : Nat := 1"),
        ("inductive A : Type", "| a | b (x := 1)"),
        ("@[simp := 1] theorem t -- := x\n : p", ":= by sorry"),
        ("open A in set_option b 1 in theorem t : p", ":= sorry"),
        ('theorem t : ":=" = s', ":= sorry"),
        ("theorem t:p", ":=sorry"),
        ("theorem t : p", ""),
    ],
)
def test_statement_end(statement, rest):
    """The statement ends where its value begins, not at a `:=` or `|` within the type."""
    text = f"{statement} {rest}".rstrip()
    assert text[: statement_end(text)].rstrip() == statement


def test_namespaces():
    """Namespaces nest by component, sections hide nothing, `end` closes as much as it names."""
    text = """
theorem a : p := q
namespace A.«b.c»
section X.Y
theorem b : p := q
end Y
end X
end «b.c»
noncomputable section
theorem c : p := q
end
theorem d : p := q
end A
end
theorem e : p := q
"""
    found = commands(text)
    where = {
        declaration(text[command.start : command.end]): namespace
        for command, namespace in zip(found, namespaces(text, found), strict=True)
        if command.keyword == "theorem"
    }
    assert where == {"a": "", "b": "A.«b.c»", "c": "A", "d": "A", "e": ""}
    assert namespace_at(text, text.index("theorem b"), found) == "A.«b.c»"
    assert namespace_at(text, len(text), found) == ""


def test_full_name():
    """A name is prefixed with its namespace unless it leads out of it."""
    assert full_name("A.B", "c.d") == "A.B.c.d"
    assert full_name("A.B", "_root_.c") == "c"
    assert full_name("", "c") == "c"


def test_components():
    """Quoted components keep their dots."""
    assert components("a.«b.c».d") == ["a", "«b.c»", "d"]


def test_line_and_column():
    """Lines count from one and columns from zero, in code points."""
    assert line_and_column("a\r\n😀b", 4) == (2, 1)
