"""Files made to cost much for their size: whatever they share, time and memory stay in proportion to the file."""

import sys
import time
import tracemalloc
from contextlib import contextmanager

import pytest
from forge import NIL, Forge, boxed

from proofagent.errors import OleanError
from proofagent.lean.olean import Module, Olean, export

SORT = 3
# What the worst of these files takes, doubled and more. The memory is mostly digests, about one for each byte.
BYTES_PER_BYTE, SECONDS_PER_BYTE = 220, 60e-6
NAMES = 600


def proposition(forge):
    return forge.ctor(SORT, forge.ctor(0, scalars=bytes(8)), scalars=bytes(8))


def deep(forge, depth):
    """A tree of 2 ** depth leaves whose halves are the same."""
    term = proposition(forge)
    for _ in range(depth):
        term = forge.ctor(5, term, term, scalars=bytes(8))
    return term


def term_under_many_parameters(forge):
    term = deep(forge, 600)
    names = [forge.name(f"x{i}") for i in range(NAMES)]
    return forge.module(*[(name, forge.axiom(name, term, forge.list(name))) for name in names])


def many_names_share_one_long_part(forge):
    part, sort = forge.ctor(1, NIL, forge.string("𝔸" + "a" * 40_000), scalars=bytes(8)), proposition(forge)
    names = [forge.ctor(2, part, boxed(i), scalars=bytes(8)) for i in range(NAMES)]
    return forge.module(*[(name, forge.axiom(name, sort)) for name in names])


def many_names_share_many_parts(forge):
    prefix, sort = forge.name(*["ab"] * 600), proposition(forge)
    names = [forge.ctor(2, prefix, boxed(i), scalars=bytes(8)) for i in range(NAMES)]
    return forge.module(*[(name, forge.axiom(name, sort)) for name in names])


def inductive(forge, name, number):
    fields = forge.ctor(0, name, NIL, proposition(forge)), number, number, NIL, NIL, number
    return forge.ctor(5, forge.ctor(0, *fields, scalars=bytes(3)))


def many_types_share_one_big_number(forge):
    number = forge.big(1 << (8 * 40_000))
    names = [forge.name(f"x{i}") for i in range(NAMES)]
    return forge.module(*[(name, inductive(forge, name, number)) for name in names])


def many_terms_share_one_long_text(forge):
    text, term = forge.ctor(1, forge.string("a" * 40_000)), proposition(forge)
    for _ in range(NAMES):
        term = forge.ctor(5, term, forge.ctor(9, text, scalars=bytes(8)), scalars=bytes(8))
    return forge.type_of(term)


def many_entries_share_one_array(forge):
    name, array, empty = forge.name("e"), forge.array(*[NIL] * 2_000), forge.array()
    pairs = forge.array(*[forge.ctor(0, name, array) for _ in range(NAMES)])
    return forge.file(forge.ctor(0, empty, empty, empty, empty, pairs, scalars=b"\0"))


def many_constants_share_one_list_of_levels(forge):
    level, term = forge.ctor(0, scalars=bytes(8)), proposition(forge)
    levels = forge.list(*[level] * 2_000)
    for i in range(NAMES):
        term = forge.ctor(5, term, forge.ctor(4, forge.name(f"c{i}"), levels, scalars=bytes(8)), scalars=bytes(8))
    names = [forge.name(f"x{i}") for i in range(60)]
    return forge.module(*[(name, forge.axiom(name, term, forge.list(name))) for name in names])


TOO_MUCH = [
    term_under_many_parameters,
    many_names_share_one_long_part,
    many_names_share_many_parts,
    many_types_share_one_big_number,
    many_terms_share_one_long_text,
    many_entries_share_one_array,
    many_constants_share_one_list_of_levels,
]


def exercise(olean):
    """Ask everything that can be asked and keep the answers."""
    module = Module.read(olean)
    return module, [(c.type_digest(), c.value_digest(), c.type.constants()) for c in module.constants.values()]


@contextmanager
def in_proportion(size):
    """Fails if what is done meanwhile takes more time or memory than a file of this size may."""
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
    finally:
        seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < BYTES_PER_BYTE * size
    assert seconds < SECONDS_PER_BYTE * size


@pytest.mark.parametrize("word", [4, 8])
@pytest.mark.parametrize("build", TOO_MUCH)
def test_what_shares_too_much_is_refused_in_time_and_memory_in_proportion_to_the_file(build, word, tmp_path):
    path = tmp_path / "hostile.olean"
    size = path.write_bytes(build(Forge(word=word)))
    with in_proportion(size), Olean.map(path) as olean, pytest.raises(OleanError, match="too long"):
        exercise(olean)


@pytest.mark.parametrize("word", [4, 8])
def test_one_deep_tree_is_answered_in_time_and_memory_in_proportion_to_the_file(word):
    forge = Forge(word=word)
    data = forge.type_of(deep(forge, 5_000))
    with in_proportion(len(data)):
        assert exercise(Olean.from_bytes(data))


@pytest.mark.parametrize("word", [4, 8])
@pytest.mark.parametrize("count", [1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1])
def test_sizes_that_no_file_has_cost_nothing(word, count):
    """Claims of arrays, texts and numbers of up to 32 GiB are refused before anything is made for them."""
    forge = Forge(word=word, gmp=True)
    array, text = forge.array(NIL, size=count), forge.string("ab", size=count)
    at = forge.start + len(forge.body)
    number = forge.append(250, 0, 24, forge.words(count, forge.pointer(at + 16 + forge.word), 0))
    olean = Olean.from_bytes(forge.file(forge.ctor(0, array, text, number)))
    tracemalloc.start()
    try:
        for read, ref in ((olean.array, array), (olean.string, text), (olean.natural, number)):
            with pytest.raises(OleanError):
                read(ref)
        assert tracemalloc.get_traced_memory()[1] < 1 << 16
    finally:
        tracemalloc.stop()


# What is written of a file: text for a kernel, of which there may be far more.


def exported(data, **more):
    module = Module.read(Olean.from_bytes(data))
    return export(module, list(module.constants), **more)


def test_no_more_recursors_are_looked_for_than_there_are():
    """A type may say that a thousand million others are nested in it."""
    forge = Forge()
    name = forge.name("T")
    declared = (name, inductive_of(forge, name, boxed(1 << 30)))
    with in_proportion(100_000), pytest.raises(OleanError, match="counts more than there can be"):
        exported(forge.module(declared))


def inductive_of(forge, name, nested):
    fields = forge.ctor(0, name, NIL, proposition(forge)), boxed(0), boxed(0), forge.list(name), NIL, nested
    return forge.ctor(5, forge.ctor(0, *fields, scalars=bytes(3)))


def test_a_long_name_is_taken_apart_once():
    """However many binders bear it."""
    forge = Forge()
    name, term = forge.name(*["a"] * 990), proposition(forge)
    for _ in range(3_000):
        term = forge.ctor(7, name, term, term, scalars=bytes(9))
    with in_proportion(4_000_000):
        assert exported(forge.type_of(term)).count('"forallE"') == 3_000


@pytest.mark.parametrize("share", ["levels", "parameters"])
def test_what_is_shared_in_the_file_has_an_end_where_it_is_written_out(share, monkeypatch):
    """A list that all mention is written for each of them, and at some length that is too much."""
    monkeypatch.setattr(sys.modules["proofagent.lean.olean.export"], "MAX_TEXT", 1_000_000)
    forge = Forge()
    sort = proposition(forge)
    if share == "levels":
        levels, term = forge.list(*[boxed(0)] * 2_000), sort
        for number in range(500):
            constant = forge.ctor(4, forge.name(f"c{number}"), levels, scalars=bytes(8))
            term = forge.ctor(5, term, constant, scalars=bytes(8))
        data = forge.type_of(term)
    else:
        params, names = (
            forge.list(*[forge.name(f"p{i}") for i in range(2_000)]),
            [forge.name(f"x{i}") for i in range(500)],
        )
        data = forge.module(*[(name, forge.axiom(name, sort, params)) for name in names])
    with pytest.raises(OleanError, match="longer than"):
        exported(data)


def test_an_export_ends_when_it_is_told_to():
    """In the middle of a term, too: one declaration may be all that there is."""
    forge, ticks = Forge(), []

    def tick():
        ticks.append(None)
        if len(ticks) == 50:
            raise TimeoutError

    term = proposition(forge)
    for number in range(100):
        term = forge.ctor(5, term, forge.ctor(4, forge.name(f"c{number}"), NIL, scalars=bytes(8)), scalars=bytes(8))
    with pytest.raises(TimeoutError):
        exported(forge.type_of(term), tick=tick)
    assert len(ticks) == 50
