import struct

import pytest
from forge import NIL, Forge, boxed

from proofagent.errors import OleanError
from proofagent.lean.olean import Module, Olean

SORT_ZERO = 3


def proposition(forge):
    return forge.ctor(SORT_ZERO, forge.ctor(0, scalars=bytes(8)), scalars=bytes(8))


def exercise(data):
    """Ask everything that can be asked."""
    module = Module.read(Olean.from_bytes(data))
    for constant in module.constants.values():
        constant.type_digest(), constant.value_digest(), constant.type.constants()
    return module


@pytest.mark.parametrize("word", [4, 8])
@pytest.mark.parametrize("gmp", [False, True])
@pytest.mark.parametrize("number", [1 << 31, (1 << 64) - 1, 1 << 64, 3**400])
def test_bignums_of_both_layouts_are_read(word, gmp, number):
    forge = Forge(word=word, gmp=gmp)
    big = forge.big(number)
    assert Olean.from_bytes(forge.file(forge.ctor(0, big))).natural(big) == number


@pytest.mark.parametrize("gmp", [False, True])
@pytest.mark.parametrize("broken", [{"negative": True}, {"shift": 8}, {"shift": -64}])
def test_a_bignum_that_is_negative_or_keeps_its_digits_elsewhere_is_refused(gmp, broken):
    forge = Forge(gmp=gmp)
    big = forge.big(1 << 100, **broken)
    olean = Olean.from_bytes(forge.file(forge.ctor(0, big)))
    with pytest.raises(OleanError):
        olean.natural(big)


@pytest.mark.parametrize("word", [4, 8])
def test_word_size_is_found_from_the_root(word):
    forge = Forge(word=word)
    header = Olean.from_bytes(forge.file(forge.ctor(0, forge.string("a")))).header
    assert (header.word, header.base, header.lean_version) == (word, forge.base, "4.28.0")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: b"",
        lambda d: d[:60],
        lambda d: d[:90],
        lambda d: b"elean" + d[5:],
        lambda d: d[:5] + b"\x03" + d[6:],
        lambda d: d[:6] + b"\x02" + d[7:],
        lambda d: d[:7] + b"\xff" + d[8:],
        lambda d: d[:-8],
        lambda d: d + bytes(8),
    ],
)
def test_headers_that_are_not_understood_are_refused(change):
    forge = Forge()
    data = forge.type_of(proposition(forge))
    assert exercise(data).constants
    with pytest.raises(OleanError):
        exercise(change(data))


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        (b"\xff", {}),
        (b"\xed\xa0\x80", {}),
        ("ab", {"size": 1 << 60}),
        ("ab", {"size": 0}),
        ("ab", {"size": 2}),
        ("ab", {"length": 1}),
    ],
)
def test_malformed_strings_are_refused(text, broken):
    forge = Forge()
    ref = forge.string(text, **broken)
    with pytest.raises(OleanError):
        Olean.from_bytes(forge.file(forge.ctor(0, ref))).string(ref)


@pytest.mark.parametrize("size", [2, 1 << 20, (1 << 64) - 1])
def test_arrays_beyond_the_file_are_refused(size):
    forge = Forge()
    ref = forge.array(NIL, size=size)
    with pytest.raises(OleanError):
        Olean.from_bytes(forge.file(forge.ctor(0, ref))).array(ref)


@pytest.mark.parametrize("offset", [0, 8, 4, -8, 1 << 40, -(1 << 40)])
def test_pointers_to_itself_ahead_astray_or_outside_are_refused(offset):
    forge = Forge()
    at = forge.start + len(forge.body)
    ref = forge.ctor(5, at + offset, NIL)
    with pytest.raises(OleanError):
        Olean.from_bytes(forge.file(forge.ctor(0, ref))).constructor(ref)


def test_an_odd_base_address_makes_no_pointer_a_number():
    forge = Forge(base=0x1_0001)
    ref = forge.append(5, 1, 16, forge.words(0x1_0050))
    olean = Olean.from_bytes(forge.file(ref))
    with pytest.raises(OleanError, match="pointer"):
        olean.constructor(ref)


def test_a_number_is_not_taken_for_an_object_nor_one_object_for_another():
    forge = Forge()
    text = forge.string("a")
    olean = Olean.from_bytes(forge.file(forge.ctor(0, text)))
    for read in (olean.string, olean.array, lambda ref: olean.flags(ref, 1)):
        with pytest.raises(OleanError):
            read(boxed(3))
    for read in (olean.array, olean.natural, olean.constructor, olean.items):
        with pytest.raises(OleanError):
            read(text)


def test_deep_terms_levels_names_and_lists_need_no_stack():
    forge = Forge()
    level, term = forge.ctor(0, scalars=bytes(8)), NIL
    for _ in range(5_000):
        level = forge.ctor(1, level, scalars=bytes(8))
    term = forge.ctor(SORT_ZERO, level, scalars=bytes(8))
    for _ in range(5_000):
        term = forge.ctor(7, NIL, term, term, scalars=bytes(16))  # a tree of 2 ** 5000 leaves, shared
    constant = forge.ctor(4, forge.name("c"), forge.list(*[level] * 5_000), scalars=bytes(8))
    exercise(forge.type_of(forge.ctor(5, term, constant, scalars=bytes(8))))


def test_a_name_without_end_is_refused():
    forge = Forge()
    name = forge.name(*["a"] * 2_000)
    with pytest.raises(OleanError, match="beyond"):
        exercise(forge.module((name, forge.axiom(name, proposition(forge)))))


def test_sharing_that_makes_quadratic_work_is_refused():
    forge = Forge()
    proof, zero = proposition(forge), forge.name("u")
    names = [forge.name(f"x{i}") for i in range(2_000)]
    params, tails = NIL, []
    for _ in names:
        params = forge.ctor(1, zero, params)
        tails.append(params)
    axioms = [(name, forge.axiom(name, proof, tail)) for name, tail in zip(names, tails, strict=True)]
    with pytest.raises(OleanError, match="too long"):
        exercise(forge.module(*axioms))


def test_one_large_term_under_many_parameters_is_refused():
    forge = Forge()
    term = proposition(forge)
    for _ in range(3_000):
        term = forge.ctor(5, term, term, scalars=bytes(8))
    names = [forge.name(f"x{i}") for i in range(3_000)]
    axioms = [(name, forge.axiom(name, term, forge.list(name))) for name in names]
    with pytest.raises(OleanError, match="too long"):
        exercise(forge.module(*axioms))


@pytest.mark.parametrize("tag", [1, 2, 12, 200])
def test_free_variables_and_unknown_terms_are_refused(tag):
    forge = Forge()
    with pytest.raises(OleanError):
        exercise(forge.type_of(forge.ctor(tag, forge.name("a"), scalars=bytes(8))))


def test_undeclared_and_doubled_universe_parameters_are_refused():
    for params in ([], ["u", "u"]):
        forge = Forge()
        u = forge.name("u")
        sort = forge.ctor(SORT_ZERO, forge.ctor(4, u, scalars=bytes(8)), scalars=bytes(8))
        data = forge.type_of(sort, *[u for _ in params])
        with pytest.raises(OleanError, match="universe"):
            exercise(data)


def test_tables_that_disagree_are_refused():
    forge = Forge()
    x, y = forge.name("x"), forge.name("y")
    sort = proposition(forge)
    axiom = forge.axiom(x, sort)
    for table in ([(y, axiom)], [(x, axiom), (x, axiom)]):
        with pytest.raises(OleanError):
            exercise(forge.module(*table))


def test_a_file_that_reads_well_with_both_word_sizes_is_refused():
    # One root at offset 104 for 4-byte words, one at 96 for 8-byte words; both end where the file ends.
    root64 = struct.pack("<iHBB", 0, 24, 0, 0)
    root32 = struct.pack("<iHBB", 0, 16, 0, 0)
    head = struct.pack("<5sBB33s40s", b"olean", 2, 0, b"", b"")
    data = head + struct.pack("<II", 8, 112) + struct.pack("<Q", (112 << 32 | 8) + 96) + root64 + root32 + bytes(8)
    with pytest.raises(OleanError):
        Olean.from_bytes(data)
