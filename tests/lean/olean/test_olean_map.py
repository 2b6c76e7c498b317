"""Reading a file where it lies: the same answers as from a copy, and a way to let it go."""

import gc
import os
import sys
import tracemalloc

import psutil
import pytest
from forge import Forge

from proofagent.errors import OleanError
from proofagent.lean.olean import Module, Olean

SAMPLES = ("definitions", "inductives", "mutual", "native_inductives", "native_terms", "renamed", "statements")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the mapped files of a process")


def answers(olean):
    module = Module.read(olean)
    return {n: (c.kind, c.type_digest(), c.value_digest(), c.type.constants()) for n, c in module.constants.items()}


def mapped(path):
    """Whether this process has the file mapped into its memory."""
    return str(path) in {region.path for region in psutil.Process().memory_maps()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mapped_file_answers_like_one_that_was_read(data, name):
    path = data / f"{name}.olean"
    with Olean.map(path) as olean:
        assert answers(olean) == answers(Olean.open(path))


def test_a_mapped_file_is_not_copied_whole(tmp_path):
    forge = Forge()
    axiom, gap = forge.axiom(name := forge.name("x"), forge.name("y")), 900 << 20
    tables = forge.array(name), forge.array(axiom), forge.array()
    root = forge.ctor(0, tables[2], *tables, tables[2], scalars=b"\0") - forge.start
    path = tmp_path / "sparse.olean"
    with path.open("wb") as file:
        file.write(forge.file(forge.start + root + gap)[: forge.start + root])
        file.seek(gap, os.SEEK_CUR)
        file.write(forge.body[root:])
    tracemalloc.start()
    try:
        with Olean.map(path) as olean:
            assert set(Module.read(olean).constants) == {"x"}
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@on_linux
def test_a_mapped_file_is_let_go_at_the_end_of_a_with_or_when_nobody_refers_to_it(data):
    path = data / "statements.olean"
    with Olean.map(path):
        assert mapped(path)
    assert not mapped(path)
    module = Module.read(Olean.map(path))
    assert module.constants["Sample.comp"].type_digest()
    assert mapped(path)
    del module
    gc.collect()
    assert not mapped(path)


@on_linux
def test_a_file_that_is_refused_is_not_kept_mapped(tmp_path):
    path = tmp_path / "noise.olean"
    path.write_bytes(b"olean" + bytes(10_000))
    with pytest.raises(OleanError):
        Olean.map(path)
    assert not mapped(path)


@pytest.mark.parametrize("obtain", [Olean.open, Olean.map])
def test_a_closed_file_refuses_what_was_not_asked_before(data, obtain):
    olean = obtain(data / "statements.olean")
    constants = Module.read(olean).constants
    known = constants["Sample.comp"].type_digest()
    for _ in range(2):
        olean.close()
    assert constants["Sample.comp"].type_digest() == known
    for ask in (constants["Sample.dep"].type_digest, constants["Sample.dep"].type.constants, lambda: answers(olean)):
        with pytest.raises(OleanError, match="closed"):
            ask()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("obtain", [Olean.open, Olean.map])
@pytest.mark.parametrize("what", ["pipe", "folder", "missing", "empty", "huge"])
def test_what_is_no_file_of_a_bearable_size_is_refused_at_once(tmp_path, obtain, what):
    path = tmp_path / what
    if what == "pipe":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what != "missing":
        path.touch()
        os.truncate(path, 1 << 40 if what == "huge" else 0)
    with pytest.raises(OleanError):
        obtain(path)
