import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_package import tiny_module

from proofagent.errors import SetupError
from proofagent.lean.embedded import wasm
from proofagent.lean.embedded.node import find_node

EXPORTS = {"main", "two", "three", "four", "four_again", "table", "data", "high", "counter"}

# Calls every symbol's slot in the rewritten module and compares its data addresses with the globals of the stock one.
PROBE = """
const [stock, small, symbols] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const start = text => new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(text, 'base64')), {env: {
  f: () => 0, memory: new WebAssembly.Memory({initial: 1, maximum: 2}),
  g: new WebAssembly.Global({value: 'i32', mutable: false}, 7)}}).exports;
const before = start(stock), after = start(small), called = {}, wanted = {}, data = {};
for (const [name, value] of Object.entries(before)) {
  if (typeof value === 'function') { wanted[name] = value(); called[name] = after.table.get(symbols[name])(); }
  if (value instanceof WebAssembly.Global && name in symbols) data[name] = value.value >>> 0;
}
console.log(JSON.stringify({called, wanted, data, exports: Object.keys(after), length: after.table.length,
  unchanged: [1, 2].map(i => after.table.get(i)()), main: after.main()}));
"""


def probe(module, rewritten, symbols):
    import base64

    texts = [base64.b64encode(data).decode() for data in (module, rewritten)]
    asked = json.dumps([*texts, {name.decode(): at for name, at in symbols.items()}])
    done = subprocess.run(
        [find_node().path, "-e", PROBE], input=asked, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("table", [b"\x70\x00\x08", b"\x70\x00\x03", b"\x70\x01\x03\x03", b"\x70\x01\x08\x10"])
def test_the_rewritten_module_runs_in_node(table):
    """Every function answers from its table slot, data addresses are equal, and only what is kept is exported."""
    module = tiny_module(table=table)
    rewritten, symbols = wasm.rewrite(module, frozenset({"main"}))
    seen = probe(module, rewritten, symbols)
    assert seen["called"] == seen["wanted"] == {"main": 11, "two": 22, "three": 33, "four": 44, "four_again": 44}
    assert seen["data"] == {"data": symbols[b"data"], "high": symbols[b"high"]} == {"data": 1024, "high": 0x8000_0000}
    assert set(seen["exports"]) == {"main", "table"}
    assert seen["unchanged"] == [11, 22]
    assert seen["length"] == table[2] + 2
    assert seen["main"] == 11


def test_mutable_globals_are_no_symbols():
    """A global that changes has no address that could be looked up."""
    assert wasm.rewrite(tiny_module(), frozenset())[1].keys() == {n.encode() for n in EXPORTS - {"table", "counter"}}


def test_other_sections_are_kept_byte_for_byte():
    """The code is the code that was checked."""
    module = tiny_module()
    before, after = (dict(wasm.sections(m)) for m in (module, wasm.rewrite(module, frozenset())[0]))
    assert {k for k in before if before[k] != after[k]} == {4, 7, 9}
    assert list(before) == list(after)


def test_export_names():
    """All exports are named, of every kind."""
    assert wasm.export_names(tiny_module()) == EXPORTS


def test_a_missing_export_is_refused():
    """A name that the glue needs and the module lacks is found before anything is written."""
    with pytest.raises(SetupError, match="absent"):
        wasm.rewrite(tiny_module(), frozenset({"main", "absent"}))


@pytest.mark.parametrize(
    "module",
    [
        b"",
        b"#!/bin/sh",
        b"\0asm\1\0\0\0",
        tiny_module(table=b"\x70\x00\x02"),
        tiny_module(table=b"\x6f\x00\x08"),
        tiny_module(elements=b"\x01\x00\x02\x01\x02"),
        tiny_module(elements=b"\x00\x23\x00\x0b\x02\x01\x02"),
        tiny_module(global_value=b"\x23\x00\x0b"),
        tiny_module(global_value=b"\x42\x05\x0b"),
    ],
)
def test_a_module_of_another_layout_is_refused(module):
    """What is no module, or another build of it, is refused with one line."""
    with pytest.raises(SetupError):
        wasm.rewrite(module, frozenset({"main"}))


@settings(deadline=None)
@given(st.integers(0, len(tiny_module()) - 1))
def test_a_module_that_is_cut_off_is_refused(end):
    """Wherever the module ends too early, it is refused and no other error comes out."""
    with pytest.raises(SetupError):
        wasm.rewrite(tiny_module()[:end], frozenset({"main"}))


@settings(deadline=None)
@given(st.integers(0, len(tiny_module()) - 1), st.integers(0, 255))
def test_a_changed_byte_raises_nothing_else(at, byte):
    """Any other byte anywhere gives a module or a refusal, never another exception."""
    module = bytearray(tiny_module())
    module[at] = byte
    try:
        wasm.rewrite(bytes(module), frozenset())
        wasm.export_names(bytes(module))
    except SetupError:
        pass


@settings(deadline=None)
@given(st.integers(0, 2**64), st.binary(max_size=4), st.binary(max_size=4))
def test_unsigned_numbers_round_trip(value, before, after):
    """A number is read back wherever it stands, and reading ends right behind it."""
    data = before + wasm.leb(value) + after
    assert wasm.read_leb(data, len(before)) == (value, len(data) - len(after))


@settings(deadline=None)
@given(st.integers(-(2**63), 2**63))
def test_signed_numbers_round_trip(value):
    """A signed number is read back, in as few bytes as its bits need."""
    data = wasm.signed_leb(value)
    assert wasm.read_leb(data, 0, signed=True) == (value, len(data))
    bits = value.bit_length() if value >= 0 else (~value).bit_length()
    assert len(data) == bits // 7 + 1
