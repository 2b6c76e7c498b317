"""The tools over a real stdio connection, with the SDK's own client and a real Lean."""

import anyio
import jsonschema
import pytest
from mcp import types
from mcp.shared.exceptions import McpError

from proofagent.check.receipt import Receipt
from proofagent.mcp.inputs import MOST_CHARACTERS
from proofagent.mcp.server import TOOLS

pytestmark = [pytest.mark.anyio, pytest.mark.lean, pytest.mark.xdist_group("mcp"), pytest.mark.timeout(600)]

SWAP = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p"
EASY = "theorem easy (a b : Nat) : a + b = b + a"
HARD = "theorem hard (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n"


async def test_what_clients_are_told(session):
    """Every tool has valid schemas in which everything has a description, and says that it only reads."""
    listed = (await session.list_tools()).tools
    assert [tool.name for tool in listed] == ["check", "prove", "step", "score", "minimize"]
    for tool in listed:
        for schema in (tool.inputSchema, tool.outputSchema):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["type"] == "object"
        assert all(field.get("description") for field in tool.inputSchema["properties"].values())
        assert tool.description
        hints = tool.annotations
        assert (hints.readOnlyHint, hints.destructiveHint, hints.openWorldHint) == (True, False, False)


async def test_check(call):
    """The gate's own verdicts: a proof is accepted with its receipt, a cheat is rejected with reasons."""
    stated = "def two := 2\ntheorem t : two = 2 := by sorry\n"
    good = await call("check", challenge=stated, solution="def two := 2\ntheorem t : two = 2 := rfl\n")
    receipt = Receipt.model_validate(good["receipt"])
    assert (good["outcome"], good["reasons"], receipt.outcome, receipt.targets) == ("accepted", [], "accepted", ("t",))
    bad = await call("check", challenge=stated, solution="def two := 3\naxiom x : two = 2\ntheorem t : two = 2 := x\n")
    assert bad["outcome"] == "rejected"
    assert {"axiom", "definition"} <= {reason["code"] for reason in bad["reasons"]}


async def test_check_that_decides_nothing(call):
    """A challenge that leaves nothing to prove is undecided, with the reason."""
    found = await call("check", challenge="theorem t : True := trivial", solution="theorem t : True := trivial")
    assert found["outcome"] == "undecided"
    assert found["why"]


async def test_prove_a_statement(session, call):
    """A statement is proved, progress is told meanwhile, and the text that comes back is accepted by `check`."""
    told = []

    async def hear(progress, total, message):
        told.append((progress, message))

    result = await session.call_tool("prove", {"text": EASY, "seconds": 300}, progress_callback=hear)
    found = result.structuredContent
    (goal,) = found["goals"]
    assert (found["outcome"], goal["outcome"], goal["receipt"]["outcome"]) == ("proved", "proved", "accepted")
    assert found["text"] == f"{EASY} := by\n  {goal['proof']}\n"
    assert found["text"].rstrip() in result.content[0].text
    assert told
    assert [progress for progress, _ in told] == sorted(progress for progress, _ in told)
    again = await call("check", challenge=f"{EASY} := by sorry", solution=found["text"])
    assert again["outcome"] == "accepted"


async def test_prove_a_file(call):
    """All holes of a text are filled, and what stands around them stays as it is."""
    text = f"-- first\n{EASY} := by sorry\nnamespace N\ntheorem other : 2 + 2 = 4 := sorry\nend N\n"
    found = await call("prove", text=text, seconds=500)
    assert found["outcome"] == "proved"
    assert [goal["name"] for goal in found["goals"]] == ["easy", "N.other"]
    assert found["receipt"]["targets"] == ["N.other", "easy"]
    assert "sorry" not in found["text"]
    assert found["text"].startswith(f"-- first\n{EASY} := by ")
    assert found["text"].endswith("end N\n")


async def test_prove_some_of_a_file(call):
    """What cannot be tried does not keep the rest from being proved, and for what there is no time, that is said."""
    found = await call("prove", text=f"def x : Nat := sorry\n{EASY} := sorry\n", seconds=500)
    first, second = found["goals"]
    assert (found["outcome"], first["outcome"], second["outcome"]) == ("undecided", "error", "proved")
    assert "only values" in first["why"]
    assert found["text"].startswith(f"def x : Nat := sorry\n{EASY} := by")
    late = await call("prove", text=f"{HARD} := sorry\n{EASY} := sorry\n", seconds=0.05)
    assert (late["outcome"], late["text"]) == ("unproved", None)
    assert [goal["outcome"] for goal in late["goals"]] == ["unproved", "untried"]
    assert "time" in late["goals"][1]["why"]


async def test_prove_in_vain(call):
    """What is not proved is never called that: there is why, and how far the search came."""
    for seconds in (8, 40, 200):  # on a busy machine it takes a while until a first tactic works
        found = await call("prove", text=HARD, seconds=seconds)
        (goal,) = found["goals"]
        if goal["partial"]:
            break
    assert (found["outcome"], goal["outcome"], found["text"], goal["proof"]) == ("unproved", "unproved", None, None)
    assert goal["why"]
    assert "sorry" in goal["partial"]["script"]
    assert all("⊢" in left["text"] for left in goal["partial"]["goals"])


async def test_prove_what_is_false(call):
    """A false statement is refuted, with the theorem that says so."""
    found = await call("prove", text="theorem wrong : 2 + 2 = 5", seconds=590)
    (goal,) = found["goals"]
    assert (found["outcome"], goal["outcome"], found["text"], goal["proof"]) == ("refuted", "refuted", None, None)
    assert "Not" in goal["refutation"]
    assert goal["receipt"]["outcome"] == "accepted"


async def test_step_by_step(call):
    """Goals after a tactic; with the tactics so far as a list or as text; and at the end the gate's word."""
    first = await call("step", text=SWAP, tactic="constructor")
    assert first["outcome"] == "goals"
    assert [goal["target"] for goal in first["goals"]] == ["q", "p"]
    assert {"name": "h", "type": "p ∧ q", "value": None} in first["goals"][0]["hypotheses"]
    second = await call("step", text=SWAP, tactics=["constructor"], tactic="· exact h.2 -- the first one")
    assert [goal["target"] for goal in second["goals"]] == ["p"]
    last = await call("step", text=SWAP, tactics="constructor\n· exact h.2", tactic="exact h.1")
    assert (last["outcome"], last["goals"], last["receipt"]["outcome"]) == ("proved", [], "accepted")
    assert last["text"] == f"{SWAP} := by\n  constructor\n  · exact h.2\n  exact h.1\n"


async def test_step_that_fails(call):
    """Lean's message comes back, with the goals that the tactic failed at, or with the word that an earlier one did."""
    wrong = await call("step", text=SWAP, tactics=["constructor"], tactic="exact h.1")
    assert (wrong["outcome"], wrong["failed"]) == ("error", "tactic")
    assert "mismatch" in wrong["error"]
    assert [goal["target"] for goal in wrong["goals"]] == ["q", "p"]
    early = await call("step", text=SWAP, tactics=["constructor", "nonsense"], tactic="exact h.1")
    assert (early["outcome"], early["failed"], early["goals"]) == ("error", "tactics", [])
    assert early["error"].startswith("2:")
    late = await call("step", text="theorem t : True", tactic="iterate 1000000 (try simp at *)", seconds=1)
    assert late["outcome"] in ("timed-out", "error")


async def test_step_in_a_file(call):
    """A hole in term position is opened, and a proof beside another hole is not called one."""
    text = f"{SWAP} :=\n  ⟨sorry, sorry⟩\n"
    found = await call("step", text=text, tactic="exact h.2")
    assert (found["outcome"], found["receipt"], found["text"]) == ("closed", None, None)
    assert "another `sorry`" in found["why"]
    alone = await call("step", text=f"{EASY} := sorry\n{SWAP} := sorry\n", theorem="swap", tactic="exact ⟨h.2, h.1⟩")
    assert alone["outcome"] == "proved"


async def test_step_with_what_admits_in_silence(call):
    """A tactic that leaves no goal behind but proves nothing is not called a proof: the gate has the last word."""
    text = 'macro "cheat" : tactic => `(tactic| exact sorryAx _ false)\ntheorem t : 1 = 2'
    found = await call("step", text=text, tactic="cheat")
    assert (found["outcome"], found["receipt"], found["text"]) == ("closed", None, None)
    assert "rejected" in found["why"]


async def test_score(call):
    """Accepted proofs are measured, others are not."""
    found = await call("score", text=f"{EASY} := by\n  have idle : 1 = 1 := rfl\n  omega\n")
    (quality,) = found["qualities"]
    assert (found["outcome"], quality["theorem"], quality["tactics"]) == ("accepted", "easy", {"have": 1, "omega": 1})
    assert quality["metrics"]["idle"] > 0
    assert quality["metrics"].keys() >= {"tokens", "heartbeats", "axioms"}
    none = await call("score", text="theorem t : 1 = 2 := by rfl")
    assert (none["outcome"], none["qualities"]) == ("rejected", [])
    assert none["reasons"]


async def test_minimize(call):
    """A detour is taken out, the statement stays, and the gate has accepted what comes back."""
    text = f"import Std\n{EASY} := by\n  have idle : 1 + 1 = 2 := by rfl\n  omega\n"
    found = await call("minimize", text=text, theorem="easy", profile="didactic", seconds=60)
    (theorem,) = found["theorems"]
    assert found["outcome"] == "accepted"
    assert theorem["after"] < theorem["before"]
    assert "idle" not in found["text"]
    assert found["text"].startswith(f"import Std\n{EASY} := ")
    assert "-  have idle" in found["diff"]
    assert found["receipt"]["outcome"] == "accepted"
    wrong = await call("minimize", text="theorem t : 1 = 2 := by rfl")
    assert (wrong["outcome"], wrong["diff"], wrong["text"]) == ("rejected", "", "theorem t : 1 = 2 := by rfl")


GIANT = "x" * (MOST_CHARACTERS + 1)
REFUSED = [
    ("prove", {}, "text: Field required"),
    ("prove", {"text": ""}, "text is empty"),
    ("prove", {"text": " \n"}, "text is empty"),
    ("prove", {"text": 7}, "valid string"),
    ("prove", {"text": GIANT}, "longer than 1,000,000 characters"),
    ("prove", {"text": "theorem t : True\0"}, "1:16: a NUL"),
    ("prove", {"text": EASY, "seconds": 0}, "seconds:"),
    ("prove", {"text": EASY, "seconds": -1}, "seconds:"),
    ("prove", {"text": EASY, "seconds": 601}, "less than or equal to 600"),
    ("prove", {"text": EASY, "seconds": "nan"}, "finite"),
    ("prove", {"text": EASY, "minutes": 1}, "minutes:"),
    ("prove", {"text": EASY, "theorem": "hard"}, "no theorem `hard`"),
    ("prove", {"text": f"{EASY} := sorry", "theorem": "hard"}, "no declaration `hard`"),
    ("prove", {"text": f"import Mathlib\n{EASY}"}, "unknown module 'Mathlib'"),
    ("prove", {"text": "import 5\n"}, "`import` needs the name of a module"),
    ("prove", {"text": "module\ntheorem t : True := sorry"}, "`module`"),
    ("prove", {"text": "theorem t (a : Nat) : a + = a"}, "unexpected token"),
    ("prove", {"text": "def x : Nat := sorry"}, "no proof, only values"),
    ("prove", {"text": "theorem t : True := trivial"}, "there is a proof or value already"),
    ("prove", {"text": "theorem t : True /- "}, "comment"),
    ("prove", {"text": "inductive T"}, "no theorem"),
    ("step", {"text": EASY}, "tactic: Field required"),
    ("step", {"text": EASY, "tactic": ""}, "text is empty"),
    ("step", {"text": EASY, "tactic": "sorry"}, "`sorry` proves nothing"),
    ("step", {"text": EASY, "tactic": "-- nothing"}, "tactic: it is empty"),
    ("step", {"text": EASY, "tactic": "native_decide"}, "`native_decide` proves nothing"),
    ("step", {"text": EASY, "tactic": "skip\ntheorem u : False := by\n  simp"}, "`theorem` begins or ends a command"),
    ("step", {"text": EASY, "tactic": "run_tac pure ()"}, "runs a program"),
    ("step", {"text": EASY, "tactics": ["skip", "admit"], "tactic": "rfl"}, "tactics: `admit` proves nothing"),
    ("step", {"text": EASY, "tactics": ["skip\0"], "tactic": "rfl"}, "NUL"),
    ("step", {"text": EASY, "tactics": [GIANT], "tactic": "rfl"}, "longer than"),
    ("step", {"text": EASY, "tactics": ["x" * 50_000], "tactic": "rfl"}, "40,000 characters"),
    ("step", {"text": f"{EASY} := sorry\n{SWAP} := sorry", "tactic": "rfl"}, "choose one of them: easy, swap"),
    ("step", {"text": "theorem t : nonsense.x = 1", "tactic": "rfl"}, "statement: 1:"),
    ("step", {"text": "def x : Nat := 1 +\ntheorem t : True", "tactic": "rfl"}, "before the statement"),
    ("check", {"challenge": f"{EASY} := sorry"}, "solution: Field required"),
    ("check", {"challenge": "import Nowhere\ntheorem t : True := sorry", "solution": "x"}, "unknown module 'Nowhere'"),
    ("check", {"challenge": f"{EASY} := sorry", "solution": f"{EASY} := rfl", "theorems": ["u"]}, "no theorem `u`"),
    ("check", {"challenge": f"{EASY} := sorry", "solution": "prelude\n"}, "solution.lean"),
    ("score", {"text": "def x := 1"}, "there is no theorem"),
    ("score", {"text": f"{EASY} := by omega", "theorems": "hard"}, "no theorem `hard`"),
    ("minimize", {"text": "def x := 1"}, "no theorem with a proof"),
    ("minimize", {"text": f"{EASY} := by omega", "theorem": "hard"}, "no theorem `hard`"),
    ("minimize", {"text": f"{EASY} := by omega", "profile": "own.toml:x"}, "no profile of that name"),
]


@pytest.mark.parametrize(("tool", "arguments", "message"), REFUSED)
async def test_what_cannot_be_used(call, tool, arguments, message):
    """It is an error of the tool, in words and without paths of the server; the next calls are answered as ever."""
    said = await call(tool, **arguments)
    assert isinstance(said, str), said
    assert message in said
    assert len(said) < 2_000
    assert "/tmp" not in said
    assert "proofagent-mcp-" not in said


async def test_a_tool_that_is_not_there(session):
    """That is an error of the protocol, which names those that are."""
    with pytest.raises(McpError, match="check, prove, step, score, minimize"):
        await session.call_tool("solve", {})


async def test_two_calls_at_once(call):
    """Calls do not wait for each other as long as there are engines, and each has its own answer."""
    found = {}

    async def one(name):
        found[name] = await call("prove", text=f"theorem {name} (a b : Nat) : a + b = b + a", seconds=120)

    async with anyio.create_task_group() as group:
        for name in ("one", "other", "third"):
            group.start_soon(one, name)
    assert {name: answer["outcome"] for name, answer in found.items()} == dict.fromkeys(found, "proved")
    assert all(answer["goals"][0]["name"] == name for name, answer in found.items())


async def test_a_cancelled_call(session, call):
    """A call that the client cancels stops; its place and the engines are good for the next ones."""
    begun = anyio.Event()

    async def hear(_progress, _total, message):
        if "candidates" in message:
            begun.set()

    for _ in range(3):  # one more than there are places
        number, begun = session._request_id, anyio.Event()
        params = types.CancelledNotificationParams(requestId=number, reason="enough")
        async with anyio.create_task_group() as group:

            async def prove():
                with pytest.raises(McpError, match="cancelled"):
                    await session.call_tool("prove", {"text": HARD, "seconds": 590}, progress_callback=hear)

            group.start_soon(prove)
            await begun.wait()
            cancelled = types.CancelledNotification(method="notifications/cancelled", params=params)
            await session.send_notification(types.ClientNotification(cancelled))
    found = await call("prove", text=EASY, seconds=120)
    assert found["outcome"] == "proved"


def test_every_tool_has_an_error_and_a_success_here():
    """A new tool gets its tests."""
    assert {tool for tool, _, _ in REFUSED} == {tool.name for tool in TOOLS}
