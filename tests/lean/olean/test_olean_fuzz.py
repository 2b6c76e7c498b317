"""Whatever happens to a file, the reader answers or raises `OleanError`, and soon."""

import struct
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proofagent.errors import OleanError
from proofagent.lean.olean import Module, Olean

DATA = Path(__file__).parent / "data"
SAMPLES = {name: (DATA / f"{name}.olean").read_bytes() for name in ("statements", "native_terms", "native_inductives")}
FUZZ = settings(
    deadline=timedelta(seconds=2), max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
names = st.sampled_from(sorted(SAMPLES))


def survives(data):
    try:
        module = Module.read(Olean.from_bytes(bytes(data)))
    except OleanError:
        return
    for constant in module.constants.values():
        try:
            constant.type_digest()
            constant.value_digest()
            constant.type.constants()
        except OleanError:
            continue


@FUZZ
@given(names, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes(name, changes):
    data = bytearray(SAMPLES[name])
    for place, byte in changes:
        data[int(place * len(data))] = byte
    survives(data)


@FUZZ
@given(names, st.floats(0, 1, exclude_max=True))
def test_truncated_files(name, place):
    data = SAMPLES[name]
    with pytest.raises(OleanError):
        Olean.from_bytes(data[: int(place * len(data))])


@FUZZ
@given(names, st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.floats(0, 1)), min_size=1, max_size=40))
def test_redirected_pointers(name, changes):
    """Words that are pointers get other addresses inside the file."""
    data = bytearray(SAMPLES[name])
    header = Olean.from_bytes(bytes(data)).header
    letter = "I" if header.word == 4 else "Q"
    at = range(header.start, len(data), header.word)
    pointers = [i for i in at if header.base < struct.unpack_from(f"<{letter}", data, i)[0] < header.base + len(data)]
    for place, target in changes:
        to = header.base + header.start + int(target * (len(data) - header.start)) // header.word * header.word
        struct.pack_into(f"<{letter}", data, pointers[int(place * len(pointers))], to)
    survives(data)


@FUZZ
@given(st.binary(max_size=400))
def test_noise_after_a_good_start(noise):
    survives(SAMPLES["native_terms"][:80] + noise)
