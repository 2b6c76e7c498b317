import contextlib
import hashlib
import json
import re
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_package import tiny_glue

from proofagent.errors import SetupError
from proofagent.lean.embedded import glue
from proofagent.lean.embedded.node import find_node

EXPORTED = frozenset({"main", "two", "four", "unmentioned"})


def look_up(file, name):
    """The documented search, written again."""
    key = hashlib.sha256(name).digest()[:8]
    records = {file[at : at + 8]: int.from_bytes(file[at + 8 : at + 12], "big") for at in range(0, len(file), 12)}
    return records.get(key)


def test_only_what_is_read_stays_assigned():
    """Assignments that nobody reads and their variables go; the names that the text uses are kept."""
    text, keep = glue.trim(tiny_glue(), EXPORTED, threads=2)
    assert 'var _main,_two;function assignWasmExports(wasmExports){_main=Module["_main"]=wasmExports["main"];' in text
    assert "_unread" not in text
    assert "unmentioned" not in keep
    assert {"main", "two"} <= keep


def test_every_edit_is_made():
    """No anchor of an edit is left, the threads are counted, and no folder of the host is mounted."""
    text, _ = glue.trim(tiny_glue(), EXPORTED, threads=2)
    assert not [edit.old for edit in glue._EDITS if edit.old in text.replace(edit.new, "")]
    assert "var pthreadPoolSize=2;" in text
    assert "'/home'" not in text
    assert "[DEBUG" not in text
    assert "leanHost.mount({FS,NODEFS})" in text


ANCHORS = [
    *(edit.old for edit in glue._EDITS),
    "var pthreadPoolSize=4;",
    "939105:()=>{",
    "var __dlsym_js=(handle,symbol,symbolIndex)=>{",
    "function assignWasmExports(wasmExports){",
    "}var wasmImports",
    "var _main,_lean_main,",
]


@pytest.mark.parametrize("anchor", ANCHORS, ids=range(len(ANCHORS)))
def test_a_glue_without_an_anchor_is_refused(anchor):
    """Another build of the package is refused with one line, whichever place of it is different."""
    with pytest.raises(SetupError, match="not the known one") as caught:
        glue.trim(tiny_glue().replace(anchor, ""), EXPORTED, threads=2)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("anchor", ANCHORS[:-2], ids=range(len(ANCHORS) - 2))
def test_an_anchor_that_occurs_twice_is_refused(anchor):
    """An edit that could be made in two places is made in none."""
    with pytest.raises(SetupError):
        glue.trim(f"{tiny_glue()};{anchor}", EXPORTED, threads=2)


@settings(deadline=None)
@given(st.integers(0, len(tiny_glue()) - 1))
def test_a_glue_that_is_cut_off_raises_nothing_else(end):
    """Half a file is trimmed or refused, never a traceback or an endless loop."""
    with contextlib.suppress(SetupError):
        glue.trim(tiny_glue()[:end], EXPORTED, threads=2)


@settings(deadline=None)
@given(st.dictionaries(st.binary(max_size=30), st.integers(0, 2**32 - 1)), st.binary(max_size=30))
def test_every_symbol_is_found_in_the_file(symbols, other):
    """A lookup gives the address that was written, and nothing for another name; records are sorted."""
    file = glue.symbol_file(symbols)
    assert len(file) == 12 * len(symbols)
    assert {name: look_up(file, name) for name in symbols} == symbols
    assert look_up(file, other) == symbols.get(other)
    keys = [file[at : at + 8] for at in range(0, len(file), 12)]
    assert keys == sorted(keys)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1000])
def test_the_lookup_of_the_glue_finds_them_in_node(tmp_path, count):
    """The binary search that the trimmed glue carries finds every symbol, the first and the last, and no other."""
    symbols = {f"l_Lean_Namé_{i}".encode(): (i * 2654435761) % 2**32 for i in range(count)}
    (tmp_path / "lean.symbols").write_bytes(glue.symbol_file(symbols))
    script = tmp_path / "probe.cjs"
    names = [*(name.decode() for name in symbols), "absent", "", "l_Lean_Name_0"]
    script.write_text(
        'const fs=require("fs"),{createHash}=require("crypto");let error="";'
        "const UTF8ToString=x=>x,dlSetError=text=>{error=text};" + glue._LOOKUP + f"const names={json.dumps(names)};"
        "console.log(JSON.stringify({found:names.map(n=>symbolAddress(n)??null),dl:names.map(n=>__dlsym_js(0,n,0)),error}))"
    )
    done = subprocess.run([find_node().path, script], capture_output=True, text=True, check=True, timeout=120)
    seen = json.loads(done.stdout)
    assert seen["found"] == [*symbols.values(), None, None, None]
    assert seen["dl"] == [*symbols.values(), 0, 0, 0]
    assert re.search("unknown symbol l_Lean_Name_0", seen["error"])


def test_names_with_one_hash_are_refused(monkeypatch):
    """Two names that could not be told apart are an error when the file is made, not when it is read."""

    class Same:
        def __init__(self, _):
            pass

        def digest(self):
            return bytes(32)

    monkeypatch.setattr(glue, "sha256", Same)
    with pytest.raises(SetupError, match="one hash"):
        glue.symbol_file({b"a": 1, b"b": 2})
