"""The cache of what Lean said: kept from run to run, for one Lean only, and no judge of anything."""

import sqlite3

import anyio
import pytest

from proofagent.check.gate import Claim
from proofagent.errors import ConfigError
from proofagent.lean.engine import Elaboration, Header, Identity, Message, Position
from proofagent.minimize.acceptor import LeanAcceptor
from proofagent.minimize.cache import Answer, Cache, key_of

LEAN = Identity("embedded", "4.1", "abc", "lib")
KEY = key_of(LEAN, Header(("Init",)), "theorem t : True := trivial")


def test_answers_outlive_the_process(tmp_path):
    """What was put into the file is there for whoever opens it next; the first answer stays."""
    path = tmp_path / "new" / "c.sqlite"
    with Cache(path) as cache:
        assert cache.get(KEY) is None
        cache.put(KEY, Answer(well=True, seconds=0.5))
        cache.put(KEY, Answer(well=False, seconds=1.0))
    with Cache(path) as one, Cache(path) as other:
        assert one.get(KEY) == other.get(KEY) == Answer(well=True, seconds=0.5)
        assert (one.hits, other.get(b"else")) == (1, None)


@pytest.mark.parametrize(
    ("identity", "header", "command"),
    [
        (Identity("embedded", "4.2", "abc", "lib"), Header(("Init",)), "c"),
        (Identity("embedded", "4.1", "abc", "other"), Header(("Init",)), "c"),
        (LEAN, Header(("Init", "Std")), "c"),
        (LEAN, Header(("Init",), "def a := 1\n"), "c"),
        (LEAN, Header(("Init",), "", (("maxHeartbeats", "1"),)), "c"),
        (LEAN, Header(("Init",)), "d"),
    ],
)
def test_the_key_has_all_that_decides(identity, header, command):
    """Another Lean, another library, other text before it or another option is another question."""
    assert key_of(identity, header, command) != key_of(LEAN, Header(("Init",)), "c")


@pytest.mark.parametrize("content", [b"a note", b"SQLite format 3\0 and then garbage" * 99])
def test_a_file_that_is_no_cache_is_left_alone(tmp_path, content):
    """A file of somebody else is refused, with what to do, and not written to."""
    path = tmp_path / "notes"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="--no-cache"):
        Cache(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program(tmp_path):
    """A database without the cache's mark is not taken for one."""
    path = tmp_path / "d.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE answers (key BLOB)")
    db.close()
    with pytest.raises(ConfigError, match="another program"):
        Cache(path)


def test_old_answers_give_way(tmp_path):
    """Of too many answers the oldest go when the file is opened the next time."""
    with Cache(tmp_path / "c") as cache:
        for number in range(20):
            cache.put(bytes([number]), Answer(well=True, seconds=0))
    with Cache(tmp_path / "c", most=5) as cache:
        assert [number for number in range(20) if cache.get(bytes([number]))] == [15, 16, 17, 18, 19]


def test_a_closed_cache_knows_nothing(tmp_path):
    """Whoever still asks gets no answer, and no error."""
    cache = Cache(tmp_path / "c")
    cache.close()
    cache.close()
    cache.put(KEY, Answer(well=True, seconds=0))
    assert cache.get(KEY) is None


class Engines:
    """In the place of a pool: says what it is told, and counts."""

    def __init__(self, *said):
        self.said, self.asked = list(said), 0

    async def identity(self):
        return LEAN

    async def elaborate(self, header, body, *, deadline):
        self.asked += 1
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


DONE = Elaboration("done", (), 0.1)
WRONG = Elaboration("done", (Message("error", "no", Position(1, 0), Position(1, 1)),), 0.1)
LATE = Elaboration("timed-out", (), 10.0)
SLOW = Elaboration("done", (), 5.0)


def quick(pool, cache, *, tidy=False, **options):
    acceptor = LeanAcceptor(pool, Claim(("Init",), "", "", ("t",)), cache=cache, tidy=tidy)
    return anyio.run(lambda: acceptor.quick("", "theorem t : True := trivial", **options))


@pytest.mark.parametrize(("said", "asked"), [(DONE, 1), (WRONG, 1), (LATE, 2)])
def test_what_lean_decided_is_not_asked_again(tmp_path, said, asked):
    """Yes and no are kept; that there was no time is asked again."""
    pool = Engines(said)
    for _ in range(2):
        with Cache(tmp_path / "c") as cache:
            assert quick(pool, cache) == (said is DONE)
    assert pool.asked == asked


def test_how_long_it_took_is_kept(tmp_path):
    """A proof that is too slow is so in the next run too, and only where time counts."""
    with Cache(tmp_path / "c") as cache:
        pool = Engines(SLOW, DONE)
        assert [quick(pool, cache), quick(pool, cache), quick(pool, cache, timed=False)] == [False, False, True]
    assert pool.asked == 1


@pytest.mark.parametrize(("tidy", "taken"), [(True, False), (False, True)])
def test_a_warning_that_the_original_has_not(tmp_path, tidy, taken):
    """Of a profile that no new warning can win under, such a candidate is not taken; the file knows of the warning."""
    warned = Elaboration("done", (Message("warning", "unused", Position(1, 0), Position(1, 1)),), 0.1)
    for _ in range(2):
        with Cache(tmp_path / "c") as cache:
            assert quick(Engines(warned), cache, tidy=tidy) == taken
            assert quick(Engines(warned), cache, tidy=tidy, timed=False)
