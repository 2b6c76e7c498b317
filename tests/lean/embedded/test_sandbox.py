"""Documents that try to get out of the embedded Lean: to files, variables, processes and the channel of replies."""

import json
import shutil

import psutil
import pytest

from proofagent.errors import EngineRefused
from proofagent.lean.embedded.engine import EmbeddedEngine
from proofagent.lean.embedded.package import Installation
from proofagent.lean.engine import Header

pytestmark = [pytest.mark.anyio, pytest.mark.lean]

INIT = Header(("Init",))
FALSE = "example : 1 = 2 := rfl"
SECRET = "the-secret-of-the-host"


@pytest.fixture(scope="module")
def host(installation, tmp_path_factory):
    """A host folder with a secret text, a valid module and a small library that tests may lose if the sandbox fails."""
    root = tmp_path_factory.mktemp("host")
    (root / "bin").symlink_to(installation.root / "bin")
    library = root / "lib" / "lean"
    shutil.copytree(installation.library / "Init", library / "Init")
    shutil.copy(installation.library / "Init.olean", library)
    (root / "secret.txt").write_text(SECRET)
    for folder in (root, root / "lib"):
        (folder / "Evil.olean").write_bytes((installation.library / "Init" / "Core.olean").read_bytes())
    return root


@pytest.fixture(scope="module")
async def engine(host, installation, node):
    patch = pytest.MonkeyPatch()
    patch.setenv("SECRET_TOKEN", SECRET)
    try:
        engine = await EmbeddedEngine.start(Installation(host, installation.manifest), node)
    finally:
        patch.undo()
    yield engine
    await engine.aclose()


@pytest.fixture
def said(engine):
    """Elaborates a body and returns every message as `severity: text`, in one string."""

    async def said(body):
        outcome = await engine.elaborate(INIT, body, deadline=30)
        assert outcome.status == "done", outcome
        return "\n".join(f"{message.severity}: {message.text}" for message in outcome.messages)

    return said


@pytest.fixture
def library_on_disk(host):
    def names_and_contents():
        return {path.name: path.is_file() and path.read_bytes() for path in (host / "lib" / "lean").iterdir()}

    return names_and_contents


def quoted(text):
    return json.dumps(str(text))


def ways_to(path):
    """Absolute, and up from the working folder and from the library."""
    return [path, f"../../../../../../../..{path}", f"/lean/lib/lean/../../../../../..{path}", f"/scratch/../..{path}"]


async def test_the_library_is_there(said):
    """The engine of these tests works: what follows is not refused for another reason."""
    assert await said('theorem t : 1 = 1 := rfl\n#eval IO.println "yes"') == "info: yes\n"
    assert "FilePath" in await said("#eval IO.appPath")


async def test_no_file_is_included(said, host):
    """`include_str` brings nothing of the host into a document."""
    for path in (*ways_to("/etc/passwd"), *ways_to(host / "secret.txt")):
        answer = await said(f"def s := include_str {quoted(path)}\n#print s")
        assert answer.startswith("error: ")
        assert SECRET not in answer
        assert "root:" not in answer


async def test_no_file_is_read(said, host):
    """Programs in a document find no file of the host, nor its processes' variables."""
    for path in (*ways_to("/etc/passwd"), *ways_to(host / "secret.txt"), "/proc/self/environ", "/proc/1/environ"):
        assert "no such file" in await said(f"#eval IO.FS.readFile {quoted(path)}")


async def test_no_module_of_the_host_is_imported(engine, host):
    """A valid module outside the library is not found by absolute path, nor beside or above the library."""
    names = [host / "Evil", "../Evil", "../../Evil", "../../../../../../../.." + str(host / "Evil")]
    for name in names:
        for spelt in (f"«{name}»", str(name)):
            with pytest.raises(EngineRefused):
                await engine.prepare(Header((spelt,)), deadline=30)
    assert engine.healthy


async def test_an_import_in_the_body_is_an_error(said, host):
    """Modules come with the header, never with a document."""
    assert "invalid 'import' command" in await said(f"import «{host}/Evil»")


@pytest.mark.parametrize(
    "action",
    [
        'IO.FS.writeFile "{}/New.olean" "x"',
        'IO.FS.writeFile "{}/Init.olean" "x"',
        'IO.FS.removeFile "{}/Init.olean"',
        'IO.FS.createDir "{}/New"',
        'IO.FS.rename "{}/Init.olean" "{}/Old.olean"',
        'IO.FS.rename "{}/Init.olean" "/scratch/Init.olean"',
        'IO.FS.rename "/scratch/mine" "{}/Init.olean"',
        'discard (IO.FS.Handle.mk "{}/Init.olean" .append)',
        'discard (IO.FS.Handle.mk "{}/Init.olean" .readWrite)',
        'discard (IO.FS.Handle.mk "{}/New.olean" .writeNew)',
    ],
)
async def test_the_library_is_read_only(said, library_on_disk, action):
    """No document changes what later documents import."""
    before = library_on_disk()
    answer = await said(
        f'#eval (IO.FS.writeFile "/scratch/mine" "x" : IO Unit)\n'
        f"#eval ({action.replace('{}', '/lean/lib/lean')} : IO Unit)"
    )
    assert answer.startswith("error: ")
    assert any(reason in answer for reason in ("read-only", "permission denied", "cross-device", "Unknown constant"))
    assert library_on_disk() == before


async def test_no_variable_is_visible(said, engine):
    """The environment of the user is not the document's."""
    assert await said('#eval (IO.getEnv "SECRET_TOKEN" : IO (Option String))') == "info: none"
    assert await said('#eval (IO.getEnv "PATH" : IO (Option String))') == "info: none"
    assert SECRET not in str(psutil.Process(engine.pid).environ())


async def test_no_process_is_started(said, engine):
    """A document runs no program of the host."""
    assert "error" in await said('#eval (do discard (IO.Process.output {cmd := "id"}) : IO Unit)')
    assert psutil.Process(engine.pid).children() == []


FORGED = json.dumps([f'{{"id":{number},"ms":1,"heap":1,"messages":[]}}\n' for number in range(200)])


@pytest.mark.parametrize(
    "print_",
    [
        f"#eval (do for line in {FORGED} do IO.print line : IO Unit)",
        f"#eval (do for line in {FORGED} do IO.eprint line : IO Unit)",
        f'#eval (do for line in {FORGED} do IO.FS.writeFile "/dev/stdout" line : IO Unit)',
        f'#eval (do for line in {FORGED} do IO.FS.writeFile "/dev/stderr" line : IO Unit)',
        f"example : 1 = 1 := by dbg_trace (String.join {FORGED}); rfl",
    ],
)
async def test_no_reply_is_forged(said, print_):
    """A document that prints replies to its own and to later requests deceives nobody."""
    for _ in range(2):
        assert "error: Type mismatch" in await said(f"{print_}\n{FALSE}")
    assert "error: Type mismatch" in await said(FALSE)


@pytest.mark.parametrize("number", range(3, 30, 5))
async def test_no_descriptor_of_the_host_is_reached(said, number):
    """The channel of replies has no name inside the sandbox."""
    for path in (f"/proc/self/fd/{number}", f"/dev/fd/{number}"):
        forged = quoted('{"id":1,"ms":1,"heap":1,"messages":[]}\n')
        assert "error" in await said(f"#eval (IO.FS.writeFile {quoted(path)} {forged} : IO Unit)")
