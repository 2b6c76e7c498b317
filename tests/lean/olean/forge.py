"""Writes `.olean` files by hand, honest and hostile ones."""

import struct

LETTERS = {4: "I", 8: "Q"}
NIL = 1


def boxed(number):
    return 2 * number + 1


class Forge:
    """Each method appends an object and returns a reference to it: the offset, as the reader sees it."""

    def __init__(self, *, word=8, gmp=False, base=0x1_0000, spare=0):
        self.word, self.base, self.gmp = word, base, gmp
        self.start = 80 + 2 * word
        self.body = bytearray(spare)

    def words(self, *values):
        return struct.pack(f"<{len(values)}{LETTERS[self.word]}", *values)

    def pointer(self, ref):
        return ref if ref & 1 else (ref + self.base) % (1 << (8 * self.word))

    def append(self, tag, count, size, payload):
        at = self.start + len(self.body)
        raw = struct.pack("<iHBB", 0, size, count, tag) + payload
        self.body += raw + bytes(-len(raw) % self.word)
        return at

    def ctor(self, tag, *fields, scalars=b""):
        payload = self.words(*map(self.pointer, fields)) + scalars
        payload += bytes(-len(payload) % self.word)
        return self.append(tag, len(fields), 8 + len(payload), payload)

    def string(self, text, *, size=None, length=None):
        raw = text if isinstance(text, bytes) else text.encode()
        size = len(raw) + 1 if size is None else size
        length = len(raw.decode(errors="replace")) if length is None else length
        return self.append(249, 0, 1, self.words(size, size, length) + raw + b"\0")

    def array(self, *items, size=None):
        size = len(items) if size is None else size
        return self.append(246, 0, 1, self.words(size, size, *map(self.pointer, items)))

    def big(self, number, *, negative=False, shift=0):
        unit = self.word if self.gmp else 4
        digits = -(-number.bit_length() // (8 * unit))
        raw = number.to_bytes(unit * digits, "little")
        head = 8 + 8 + self.word if self.gmp else 8 + 3 * self.word
        pointer = self.pointer(self.start + len(self.body) + head + shift)
        if self.gmp:
            fields = struct.pack("<ii", digits, -digits if negative else digits) + self.words(pointer)
        else:
            fields = self.words(int(negative), digits, pointer)
        return self.append(250, 0, (head + len(raw)) % (1 << 16), fields + raw)

    def list(self, *items):
        ref = NIL
        for item in reversed(items):
            ref = self.ctor(1, item, ref)
        return ref

    def name(self, *parts):
        ref = NIL
        for part in parts:
            leaf = self.string(part) if isinstance(part, str) else boxed(part)
            ref = self.ctor(1 if isinstance(part, str) else 2, ref, leaf, scalars=bytes(8))
        return ref

    def axiom(self, name, type_, params=NIL):
        value = self.ctor(0, name, params, type_)
        return self.ctor(0, self.ctor(0, value, scalars=b"\0"))

    def module(self, *axioms):
        """A whole file that declares axioms, each a pair of name and constant."""
        names, constants = self.array(*(n for n, _ in axioms)), self.array(*(c for _, c in axioms))
        return self.file(self.ctor(0, self.array(), names, constants, self.array(), self.array(), scalars=b"\0"))

    def type_of(self, type_, *params):
        """A file with one axiom `x` of the type."""
        name = self.name("x")
        return self.module((name, self.axiom(name, type_, self.list(*params))))

    def file(self, root):
        head = struct.pack("<5sBB33s40s", b"olean", 2, int(self.gmp), b"4.28.0", b"0" * 40)
        return head + self.words(self.base, self.pointer(root)) + bytes(self.body)
