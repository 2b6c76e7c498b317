"""Objects of a native Lean, made by hand: its functions, and memory in the shape of lean.h.

An object has 8 bytes of header (int32 count, uint16 size, uint8 fields, uint8 tag), then its fields, then scalars.
None is ever freed: a reference count of 0 means that nobody counts.
"""

import ctypes
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

ERRORS = (
    *("unknown constant", "already declared", "the value has not the type of the declaration", "metavariables"),
    *("free variables", "a function was expected", "a type was expected", "a `let` value has another type"),
    *("an expression has another type", "an argument has not the type that the function takes"),
    *("a projection of what is no structure", "the type of a theorem is no proposition", "other"),
    *("deterministic timeout", "excessive memory", "deep recursion", "interrupted"),
)
"""By tag of `KernelException`; the embedded engine says the same words."""
OTHER = 12
RELEASE = "4.35."

Object = int


class Lean:
    """The functions of the library, and objects made of bytes."""

    def __init__(self, library: str) -> None:
        self._library = ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        pointer, word, byte = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint8
        self._function("lean_initialize", None)()
        self._function("lean_io_mark_end_initialization", None)()
        self._function("lean_init_task_manager", None)()
        self._allocate = self._function("lean_alloc_object", pointer, word)
        self._string = self._function("lean_mk_string_from_bytes", pointer, ctypes.c_char_p, word)
        self._natural = self._function("lean_cstr_to_nat", pointer, ctypes.c_char_p)
        self.zero = self._maker("lean_level_mk_zero", pointer)(box(0))
        self.succ = self._maker("lean_level_mk_succ", pointer)
        self.max = self._maker("lean_level_mk_max", pointer, pointer)
        self.imax = self._maker("lean_level_mk_imax", pointer, pointer)
        self.param = self._maker("lean_level_mk_param", pointer)
        self.name_string = self._maker("lean_name_mk_string", pointer, pointer)
        self.name_number = self._maker("lean_name_mk_numeral", pointer, pointer)
        self.bound = self._maker("lean_expr_mk_bvar", pointer)
        self.sort = self._maker("lean_expr_mk_sort", pointer)
        self.constant = self._maker("lean_expr_mk_const", pointer, pointer)
        self.apply = self._maker("lean_expr_mk_app", pointer, pointer)
        self.function = self._maker("lean_expr_mk_lambda", pointer, pointer, pointer, byte)
        self.forall = self._maker("lean_expr_mk_forall", pointer, pointer, pointer, byte)
        self.let = self._maker("l_Lean_Expr_letE___override", pointer, pointer, pointer, pointer, byte)
        self.projection = self._maker("lean_expr_mk_proj", pointer, pointer, pointer)
        self.literal = self._maker("lean_expr_mk_lit", pointer)
        self._add = self._function("lean_add_decl", pointer, pointer, word, word, pointer, pointer)
        self._find = self._function("lean_environment_find", pointer, pointer, pointer)
        self.same_term = self._function("lean_expr_eqv", byte, pointer, pointer)
        self.same_name = self._function("lean_name_eq", byte, pointer, pointer)
        self.version = text(pointer.in_dll(self._library, "l_Lean_versionString").value or 0)
        if not self.version.startswith(RELEASE):
            sys.exit(f"this is Lean {self.version}, and objects are made here as those of Lean {RELEASE}x are")
        kernel = self._function("lean_elab_environment_to_kernel_env", pointer, pointer)
        made = self._function("l_Lean_mkEmptyEnvironment", pointer, ctypes.c_uint32)(0)  # trust nothing
        self.empty = keep(kernel(keep(field(made, 0))))

    def _function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        found = self._library[name]
        found.restype, found.argtypes = result, list(arguments)
        return found

    def _maker(self, name: str, *arguments: Any) -> Callable[..., Object]:
        make = self._function(name, ctypes.c_void_p, *arguments)
        return lambda *given: keep(make(*given))

    def constructor(self, tag: int, fields: Iterable[Object], scalars: bytes = b"") -> Object:
        """A constructor object with these fields, and bytes after them."""
        words = tuple(fields)
        size = (8 + 8 * len(words) + len(scalars) + 7) // 8 * 8
        made: Object = self._allocate(size)
        data = struct.pack(f"<iHBB{len(words)}Q", 0, size, len(words), tag, *words) + scalars
        ctypes.memmove(made, data.ljust(size, b"\0"), size)
        return made

    def list(self, items: Iterable[Object]) -> Object:
        made = box(0)
        for item in reversed(list(items)):
            made = self.constructor(1, (item, made))
        return made

    def string(self, text: str) -> Object:
        data = text.encode()
        return keep(self._string(data, len(data)))

    def natural(self, number: int) -> Object:
        return box(number) if number < 1 << 63 else keep(self._natural(str(number).encode()))

    def add(self, environment: Object, declaration: Object) -> tuple[Object | None, str]:
        """The environment with one more declaration; or None and what the kernel says. No heartbeat ends it."""
        result = self._add(environment, 0, 1000, declaration, box(0))
        value = field(result, 0)
        if tag(result) == 1:
            return keep(value), ""
        error = tag(value)
        said = ERRORS[error] if error < len(ERRORS) else f"error {error}"
        return None, text(field(value, 0)) if error == OTHER else said

    def find(self, environment: Object, name: Object) -> Object | None:
        """The value (`InductiveVal` and so on) of a declared constant."""
        found = self._find(environment, name)
        return None if found & 1 else field(keep(field(found, 0)), 0)


def box(number: int) -> Object:
    return number << 1 | 1


def keep(made: Object) -> Object:
    """An object that is never freed."""
    if not made & 1:
        ctypes.c_int32.from_address(made).value = 0
    return made


def field(of: Object, index: int) -> Object:
    return ctypes.c_uint64.from_address(of + 8 + 8 * index).value


def tag(of: Object) -> int:
    return of >> 1 if of & 1 else ctypes.c_uint8.from_address(of + 7).value


def text(of: Object) -> str:
    """A string of Lean; its size, with the zero at the end, stands behind the header."""
    return ctypes.string_at(of + 32, ctypes.c_uint64.from_address(of + 8).value - 1).decode("utf-8", "replace")


def items(of: Object) -> Iterator[Object]:
    while not of & 1:
        yield field(of, 0)
        of = field(of, 1)
