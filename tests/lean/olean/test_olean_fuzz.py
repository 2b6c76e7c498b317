"""Whatever happens to a file, the reader answers or raises `OleanError`, and soon."""

import struct
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofagent.errors import OleanError
from proofagent.lean.olean import Module, Olean, Recursor

DATA = Path(__file__).parent / "data"
NAMES = ("statements", "inductives", "mutual", "numbers", "native_terms", "native_inductives", "native_numbers")
SAMPLES = {name: (DATA / f"{name}.olean").read_bytes() for name in NAMES}
HOSTILE_WORDS = (
    0,
    1,
    2,
    0xFFFF,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    (1 << 32) - 2,
    (1 << 63) - 1,
    1 << 63,
    (1 << 64) - 1,
)
# A fixed budget: the same examples each time, and none may take long.
FUZZ = settings(
    deadline=timedelta(seconds=2),
    max_examples=500,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
names = st.sampled_from(NAMES)
places = st.floats(0, 1, exclude_max=True)


def survives(data):
    """Ask everything that can be asked, of the bytes and of a mapped file: both answer alike or raise `OleanError`."""
    with tempfile.NamedTemporaryFile(suffix=".olean") as file:
        file.write(data)
        file.flush()
        assert asked(lambda: Olean.from_bytes(bytes(data))) == asked(lambda: Olean.map(Path(file.name)))


def asked(obtain):
    try:
        with obtain() as olean:
            return [answers(constant) for constant in Module.read(olean).constants.values()]
    except OleanError as error:
        return answered(error)


def answers(constant):
    rules = constant.detail.rules if isinstance(constant.detail, Recursor) else ()
    questions = (
        constant.type_digest,
        constant.value_digest,
        constant.type.constants,
        *(() if constant.value is None else (constant.value.constants,)),
        *(lambda rule=rule: rule.value.digest(constant.level_params) for rule in rules),
    )
    found = []
    for ask in questions:
        try:
            found.append(ask())
        except OleanError as error:
            found.append(answered(error))
    return found


def answered(error):
    """A refusal, to compare with another one; the file's own name is no part of it."""
    return "refused", str(error)


def word_of(header):
    return "I" if header.word == 4 else "Q"


@FUZZ
@given(names, st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes(name, changes):
    data = bytearray(SAMPLES[name])
    for place, byte in changes:
        data[int(place * len(data))] = byte
    survives(data)


@FUZZ
@given(names, places)
def test_truncated_files(name, place):
    data = SAMPLES[name]
    cut = data[: max(1, int(place * len(data)))]
    with pytest.raises(OleanError):
        Olean.from_bytes(cut)
    survives(cut)


@FUZZ
@given(names, st.lists(st.tuples(places, st.floats(0, 1)), min_size=1, max_size=40))
def test_redirected_pointers(name, changes):
    """Words that are pointers get other addresses inside the file."""
    data = bytearray(SAMPLES[name])
    header = Olean.from_bytes(bytes(data)).header
    letter = word_of(header)
    at = range(header.start, len(data), header.word)
    pointers = [i for i in at if header.base < struct.unpack_from(f"<{letter}", data, i)[0] < header.base + len(data)]
    for place, target in changes:
        to = header.base + header.start + int(target * (len(data) - header.start)) // header.word * header.word
        struct.pack_into(f"<{letter}", data, pointers[int(place * len(pointers))], to)
    survives(data)


@FUZZ
@given(names, st.lists(st.tuples(places, st.sampled_from(HOSTILE_WORDS)), min_size=1, max_size=12))
def test_hostile_words(name, changes):
    """Words anywhere become the counts, sizes and pointers that readers stumble over."""
    data = bytearray(SAMPLES[name])
    header = Olean.from_bytes(bytes(data)).header
    for place, word in changes:
        at = header.start + int(place * (len(data) - header.start)) // header.word * header.word
        struct.pack_into(f"<{word_of(header)}", data, at, word % (1 << (8 * header.word)))
    survives(data)


@FUZZ
@given(names, places, st.integers(1, 2_000), places)
def test_one_stretch_copied_over_another(name, source, length, target):
    """Objects stand where others stood, each well-formed in itself."""
    data = bytearray(SAMPLES[name])
    word = Olean.from_bytes(bytes(data)).header.word
    start, to = (int(place * len(data)) // word * word for place in (source, target))
    stretch = data[start : start + length * word]
    data[to : to + len(stretch)] = stretch
    survives(data[: len(SAMPLES[name])])


@FUZZ
@given(st.binary(max_size=400))
def test_noise_after_a_good_start(noise):
    survives(SAMPLES["native_terms"][:80] + noise)
