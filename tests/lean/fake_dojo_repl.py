"""A fake `lake env lean FILE`: it speaks the protocol of LeanDojo's REPL (interaction/Lean4Repl.lean) about toy goals.

It is no Lean. A toy goal is a number that has to be brought down to 1: `done` closes 1, `dec` takes 1 away, `halve`
halves, `split` makes two goals of one. `rotate_left`, `sorry`, `have h : 5 := ?_` and `(a; b)` do what they do in
Lean. The other words misbehave, each in a way of its own; FAKE_DOJO_START names how the start does.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

FOREVER = 10_000


class ToyError(Exception):
    """What Lean would call an error of the tactic."""


def reply(*, sid=None, state=None, error=None):
    print("REPL> " + json.dumps({"sid": sid, "tacticState": state, "error": error}, ensure_ascii=False), flush=True)


def raw(text):
    print(f"REPL> {text}", flush=True)


def printed(goals):
    if len(goals) == 1:
        return f"n : Nat\nh : n =\n  {goals[0]}\n⊢ {goals[0]}"
    return "\n\n".join(f"case part{i}\nn : Nat\n⊢ {goal}" for i, goal in enumerate(goals)) or "no goals"


def steps(text):
    """The tactics of `(a; b)` or of a block in parentheses; a line that is indented belongs to the one before it."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].replace("\n ", "\n")
    return [step.strip() for step in re.split(r"[;\n](?!  )", text) if step.strip()]


def apply(tactic, goals, sorried):
    if not goals:
        raise ToyError("no goals")
    first, *rest = goals
    simple = {
        "done": (first == 1, []),
        "dec": (first > 1, [first - 1]),
        "halve": (first % 2 == 0, [first // 2]),
        "split": (first > 1, [first - first // 2, first // 2]),
        "sorry": (True, []),
    }
    if tactic in simple and simple[tactic][0]:
        return [*simple[tactic][1], *rest], sorried or tactic == "sorry"
    if match := re.fullmatch(r"rotate_left (\d+)", tactic):
        turn = int(match[1]) % len(goals)
        return [*goals[turn:], *goals[:turn]], sorried
    if match := re.fullmatch(r"have h : (\d+) := \?_", tactic):
        return [first, int(match[1]), *rest], sorried
    if match := re.fullmatch(r"have h : (\d+) := by\n(.*)", tactic, re.DOTALL):
        inner, claim = [int(match[1])], sorried
        for step in steps(re.sub(r"^  ", "", match[2], flags=re.MULTILINE)):
            inner, claim = apply(step, inner, claim)
        if not inner:
            return goals, claim
    raise ToyError(f"tactic '{tactic}' failed\n⊢ {first}")


LINES = {
    "garbage": "this is not JSON",
    "nested": "[" * 2_000,
    "list": "[1, 2]",
    "empty": "{}",
    "number": '{"sid": 1, "tacticState": 7, "error": null}',
    "sid": '{"sid": "one", "tacticState": "⊢ 1", "error": null}',
    "known-sid": '{"sid": 0, "tacticState": "⊢ 1", "error": null}',
    "no-goal": '{"sid": 1, "tacticState": "nothing to see", "error": null}',
    "error-number": '{"sid": null, "tacticState": null, "error": 5}',
    "turnstile": '{"sid": 1, "tacticState": "⊢ P ⊢ Q", "error": null}',
}
"""Replies that are none."""


def ends(word):
    """Words after which this process is gone."""
    if word == "die":
        sys.exit("[fatal] the toy died")
    if word == "out-of-memory":
        os._exit(137)
    if word == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "half":
        print('REPL> {"sid": 1, "tacti', end="", flush=True)
        sys.exit(0)


def slow(tactic):
    """Words that no deadline would outlive."""
    if tactic == "silence":
        time.sleep(FOREVER)
    elif tactic == "deaf":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(FOREVER)
    elif tactic == "chatter":
        while True:
            print("still at it", flush=True)
            time.sleep(0.02)
    elif tactic == "huge":
        raw('{"sid": 1, "tacticState": "' + "x" * (64 << 20) + '"}')
    elif tactic == "spawn":
        subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({FOREVER})"])


def misbehaves(word):
    """Whether `word` is one of those that name a misbehaviour, which is shown here."""
    slow(word)
    ends(word)
    if word == "beside":
        print("a trace without an end of line ", end="")
        reply(sid=1, state="⊢ 1")
    elif word == "latin":
        os.write(1, b'REPL> {"sid": 1, "tacticState": "\xff\xe9"}\n')
    elif word in LINES:
        raw(LINES[word])
    else:
        return False
    return True


def answer(request, states):
    goals, sorried = states[request["sid"]]
    for tactic in steps(request["cmd"]):
        if misbehaves(tactic):
            return
        if tactic.startswith("say "):
            print(tactic[4:], flush=True)
        elif tactic != "spawn":
            try:
                goals, sorried = apply(tactic, goals, sorried)
            except ToyError as error:
                reply(error=str(error))
                return
    if not goals and sorried:
        reply(error="proof contains `sorry`")
        return
    states.append((goals, sorried))
    reply(sid=len(states) - 1, state=printed(goals))


def start(mode, goals):
    if misbehaves(mode):
        time.sleep(FOREVER)
    elif mode == "refuses":
        reply(error="the goal is no proposition")
    elif mode == "nothing-left":
        reply(sid=0, state="no goals")
    elif mode == "not-elaborated":
        print("Toy.lean:3:4: error: unknown identifier 'foo'", flush=True)
        sys.exit(1)
    else:
        reply(sid=0, state=printed(goals))


def main():
    _, env, lean, threads, memory, file = sys.argv
    assert (env, lean) == ("env", "lean"), sys.argv
    assert threads.startswith("--threads=")
    assert memory.startswith("--memory=")
    text = Path(file).read_text(encoding="utf-8")
    assert "import Lean4Repl\n" in text
    number = re.search(r"theorem \S+ : (\d+) := ?by\n  lean_dojo_repl\n  sorry\n", text)
    assert number, text
    goals = [int(number[1])]
    start(os.environ.get("FAKE_DOJO_START", ""), goals)
    states = [(goals, False)]
    for line in sys.stdin:
        try:
            request = json.loads(line)
        except ValueError:
            sys.exit("[fatal] failed to parse JSON")
        answer(request, states)


main()
