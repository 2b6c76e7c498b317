"""What a field may hold, and what of it is shown."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofagent.telemetry.values import Cleaner

CONTROLS = set(map(chr, [*range(9), *range(11, 32), *range(127, 160)]))
KEY = "sk-test-S3cret0123456789"
CLEANER = Cleaner({"SOME_KEY": KEY, "HOME": "/home/somebody"})


class Silent:
    def __repr__(self):
        raise RuntimeError("no")


class Wrong(Exception):
    def __str__(self):
        raise RuntimeError("no")


class Lying(str):
    """A text that says something else than it holds."""

    __slots__ = ()

    def __str__(self):
        raise RuntimeError("no")

    def __len__(self):
        raise RuntimeError("no")

    def __getitem__(self, _key):
        raise RuntimeError("no")


class Endless(list):
    def __iter__(self):
        while True:
            yield "again"


class Colour(StrEnum):
    RED = "red"


@dataclass
class Point:
    x: int = 1


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (True, True),
        (-7, -7),
        (2**63 - 1, 2**63 - 1),
        (0.1 + 0.2, 0.3),
        ("ℕ → ℕ\nx", "ℕ → ℕ\nx"),
        (Colour.RED, "red"),
        (("a", "b"), ["a", "b"]),
        ([1, "a"], ["1", "a"]),
        ([True, False], [True, False]),
        ([], []),
        (Point(), "Point(x=1)"),
        (ValueError("no"), "ValueError: no"),
    ],
)
def test_usual_values(value, plain):
    """Numbers, texts and lists of one type stay what they are; anything else is text."""
    found = CLEANER.plain(value)
    assert (found, type(found)) == (plain, type(plain))


HOSTILE = {
    "a repr that raises": (Silent, "<Silent instance at …>"),
    "and in a list": (lambda: [Silent()], ["<Silent instance at …>"]),
    "a text that lies": (lambda: Lying("a text"), "a text"),
    "a key that lies": (lambda: Lying(KEY), "[key]"),
    "an error that cannot be told": (Wrong, "(cannot be shown)"),
    "no number": (lambda: float("nan"), "nan"),
    "no bound": (lambda: float("-inf"), "-inf"),
    "an integer too large for a trace": (lambda: 2**63, str(2**63)),
    "half a character": (lambda: "\ud800x\udfff", "\ufffdx\ufffd"),
    "orders to a terminal": (lambda: "\x1b[31mred\x07\x9b", "\ufffd[31mred\ufffd\ufffd"),
    "ends of lines": (lambda: "a\u2028b\x85c\rd", "a\ufffdb\ufffdc\ufffdd"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_values(name):
    """What raises, is no number, no text or gives orders to a terminal is shown as something that does not."""
    make, shown = HOSTILE[name]
    found = CLEANER.plain(make())
    assert json.loads(re.sub("0x[0-9a-f]+", "…", json.dumps(found))) == shown


GIANT = {
    "text": lambda: "x" * 50_000_000,
    "texts": lambda: ["y" * 3_000_000] * 1_000,
    "bytes": lambda: b"z" * 5_000_000,
    "list without end": Endless,
    "integer": lambda: 10**5000,
    "integers": lambda: list(range(10**6)),
    "dictionary": lambda: dict.fromkeys(range(1000), "x" * 10000),
}


@pytest.mark.parametrize("name", GIANT)
def test_giant_values_are_cut_off(name):
    """No field is longer than what somebody would read."""
    assert len(json.dumps(CLEANER.plain(GIANT[name]()))) < 12_000


@pytest.mark.parametrize("before", range(1_970, 2_010))
def test_a_key_at_the_place_where_a_text_is_cut_off(before):
    """No part of it is left, wherever the cut comes."""
    shown = CLEANER.plain("x" * before + KEY + "y" * 5_000)
    assert not any(KEY[:size] in shown for size in range(4, len(KEY)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", KEY),
        ("lab_token", KEY),
        ("DB_PASSWORD", KEY),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"authorization=Bearer {KEY},x-other=1"),
        ("OTEL_EXPORTER_OTLP_HEADERS", f"authorization=Bearer%20{KEY}"),
        ("KEYS", f"first-0123456789,{KEY}"),
    ],
)
def test_variables_that_sound_like_secrets(name, value):
    """Their values, and the parts of those, are shown nowhere."""
    assert KEY not in Cleaner({name: value}).text(f"it was {KEY}!")


def test_other_variables_are_no_secrets():
    """Nor is what is too short to be a key."""
    cleaner = Cleaner({"HOME": "/home/somebody", "GIT_AUTHOR_NAME": "Christopher", "KEY": "abc"})
    assert cleaner.text("/home/somebody Christopher abc") == "/home/somebody Christopher abc"


def test_a_key_that_holds_another_one_is_hidden_whole():
    """The longest secret that fits is the one that is meant."""
    cleaner = Cleaner({})
    cleaner.hide(["abcdefgh", "abcdefghijkl"])
    assert cleaner.text("abcdefghijkl abcdefgh") == "[key] [key]"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_comes_can_be_written(value):
    """A plain value is JSON of one type a list, in UTF-8, without controls."""
    for plain in Cleaner({"A_KEY": KEY}).fields({"field": value}).values():
        json.dumps(plain, allow_nan=False).encode()
        assert not isinstance(plain, list) or len({type(each) for each in plain}) <= 1
        assert not isinstance(plain, str) or not CONTROLS & set(plain)
