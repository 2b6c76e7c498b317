"""Trim the JavaScript that carries the WebAssembly Lean.

The stock glue assigns 200,000 exports to variables, builds dynamic-linking tables from them in every thread and
mounts the host's folders. What is left after these edits links what is asked for, looks symbols up in a file, and
shows Lean two folders: the library, read-only, and a scratch folder.

Each edit names an anchor that must occur exactly once, so another build of the package fails loudly.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from proofagent.errors import SetupError

_HOOK = "globalThis.leanHost"

# Lean finds its library from the path of its executable; both are made up inside the sandbox.
_MOUNTS = (
    'FS.mkdirTree("/lean/bin");FS.writeFile("/lean/bin/lean","");FS.mkdirTree("/lean/lib/lean");'
    f'FS.mkdirTree("/scratch");{_HOOK}.mount({{FS,NODEFS}});ENV["LEAN_PATH"]="/lean/lib/lean";FS.chdir("/scratch")'
)


@dataclass(frozen=True, slots=True)
class _Edit:
    old: str
    new: str


_EDITS = (
    # Link only what the module asks for: the global offset table holds that.
    _Edit(
        "updateGOT=(exports,replace)=>{for(var symName in exports){if(isInternalSym(symName)){continue}",
        "updateGOT=(exports,replace)=>{for(var symName of Object.keys(GOT)){"
        "if(isInternalSym(symName)||!(symName in exports)){continue}",
    ),
    # Nothing is linked later: the import object inherits the exports instead of copying them.
    _Edit(
        "mergeLibSymbols=(exports,libName)=>{for(var[sym,exp]of Object.entries(exports)){",
        "mergeLibSymbols=(exports,libName)=>{Object.setPrototypeOf(wasmImports,exports);"
        "for(var[sym,exp]of[...Object.keys(wasmImports).filter(k=>Object.hasOwn(exports,k)),'__main_argc_argv']"
        ".map(k=>[k,exports[k]])){",
    ),
    # A function that is added gets a new slot: the map from function to slot would cost each thread an object a slot.
    _Edit("functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)}", "functionsInTableMap=new WeakMap}"),
    # The glue finishes its start with a call of Lean's command line: the host takes over just before.
    _Edit(
        '938771:()=>{console.log("[DEBUG:G] Now calling lean_shell_main...")}',
        f"938771:()=>{{{_HOOK}.main({{lookup:name=>wasmTable.get(symbolAddress(name)),"
        "get words(){return (growMemViews(),HEAPU32)},stackSave,stackRestore,stackAlloc});process.reallyExit(0)}",
    ),
    _Edit('if(isNode){path=__filename}else{path="/bin/lean.wasm"}', 'path="/lean/bin/lean";'),
    # The symbol file is searched by hash.
    _Edit("var wasmBinary;var wasmModule;", 'var wasmBinary;var wasmModule;const {createHash}=require("crypto");'),
)

_LOOKUP = (
    'var symbolFile;var symbolAddress=name=>{symbolFile??=fs.readFileSync(__dirname+"/lean.symbols");'
    'var key=createHash("sha256").update(name).digest().readBigUInt64BE(0),low=0,high=symbolFile.length/12-1;'
    "while(low<=high){var middle=low+high>>1,found=symbolFile.readBigUInt64BE(middle*12);"
    "if(found===key)return symbolFile.readUInt32BE(middle*12+8);if(found<key)low=middle+1;else high=middle-1}};"
    "var __dlsym_js=(handle,symbol,symbolIndex)=>{var name=UTF8ToString(symbol),address=symbolAddress(name);"
    "if(address===undefined){dlSetError(`unknown symbol ${name}`);return 0}return address};"
)


def trim(source: str, exported: frozenset[str], *, threads: int) -> tuple[str, frozenset[str]]:
    """Return the trimmed glue and the names among `exported` that it uses.

    `threads` is how many worker threads are ready before Lean starts; each one instantiates the module again.
    Raises `SetupError` where `source` is not the glue of the known package.
    """
    text = _without_assignments(source)
    for edit in _EDITS:
        text = _replace_once(text, edit.old, edit.new)
    text = _replace_once(text, "var pthreadPoolSize=4;", f"var pthreadPoolSize={threads};")
    text = _replace_block(text, "var __dlsym_js=(handle,symbol,symbolIndex)=>{", _LOOKUP, trailing=";")
    text = _replace_block(text, "939105:()=>{", f"939105:()=>{{{_MOUNTS}}}")
    text = re.sub(r'console\.log\("\[DEBUG:[^;{}]*?\)(?=[;}])', "0", text)
    return text, exported & frozenset(re.findall(r"[\w$]+", text))


def symbol_file(symbols: dict[bytes, int]) -> bytes:
    """Sorted records of 12 bytes: the first 8 of the name's SHA-256, then the address, both big-endian."""
    records = sorted(sha256(name).digest()[:8] + value.to_bytes(4, "big") for name, value in symbols.items())
    if any(a[:8] == b[:8] for a, b in pairwise(records)):
        raise SetupError("two symbols of the Lean module have one hash")
    return b"".join(records)


def _without_assignments(text: str) -> str:
    """Drop the assignments of exports to variables that the rest of the glue never reads (88 of its 89 MB)."""
    opening = "function assignWasmExports(wasmExports){"
    start = _find(text, opening) + len(opening)
    end = _after(text, "}var wasmImports", start)
    declared = _find(text, "var _main,_lean_main,")
    declared_end = _after(text, ";", declared)
    if declared > start:
        raise _unknown(opening)
    outside = text[:declared] + text[declared_end + 1 : start] + text[end:]
    used = set(re.findall(r"[\w$]+", outside))
    kept = {name: line for line in text[start:end].split(";") if line and (name := _target(line)) in used}
    before = text[:declared] + f"var {','.join(sorted(kept))};" + text[declared_end + 1 : start]
    return before + ";".join(kept.values()) + text[end:]


def _target(assignment: str) -> str:
    name = re.match(r"[\w$]+", assignment)
    return name.group() if name else ""


def _find(text: str, anchor: str) -> int:
    if text.count(anchor) != 1:
        raise _unknown(anchor)
    return text.index(anchor)


def _after(text: str, anchor: str, start: int) -> int:
    found = text.find(anchor, start)
    if found < 0:
        raise _unknown(anchor)
    return found


def _unknown(anchor: str) -> SetupError:
    return SetupError(f"the glue of the Lean package is not the known one (at {anchor[:40]!r})")


def _replace_once(text: str, old: str, new: str) -> str:
    at = _find(text, old)
    return text[:at] + new + text[at + len(old) :]


def _replace_block(text: str, opening: str, new: str, *, trailing: str = "") -> str:
    """Replace from `opening` to the brace that closes it."""
    start = _find(text, opening)
    depth, end = 1, start + len(opening)
    while depth:
        if end == len(text):
            raise _unknown(opening)
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    if not text.startswith(trailing, end):
        raise _unknown(opening)
    return text[:start] + new + text[end + len(trailing) :]
