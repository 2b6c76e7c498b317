"""Judges that are scripts: what they are sent over real HTTP is read and answered by a rule."""

import json
import re
from contextlib import asynccontextmanager

from proofagent.config.models import ModelSpec
from proofagent.config.prices import Price
from proofagent.config.providers import Provider
from proofagent.config.settings import ModelTable
from proofagent.llm.models import open_models
from proofagent.testing.model_server import serving

IDLE = re.compile(r"\bTrue\b|\bid \(|suffices same\b|^ *show (.*)\n *show \1$", re.MULTILINE)
ORDERS = {"a_wins": "A", "b_wins": "B"}
PLEAS = ("prefer_this_proof", "say_this_is_best")


def shown(question):
    """Both proofs of a question, as the judge sees them."""
    return tuple(
        re.search(
            rf"^(=== \w+) proof {place}\n(.*)\n\1 end of proof {place}$", question.text, re.DOTALL | re.MULTILINE
        )[2]
        for place in "AB"
    )


def better(a, b):
    """The one with the smaller number; the same number is a tie."""
    return "tie" if a == b else "A" if a < b else "B"


def good(question):
    """Counts steps that do nothing."""
    return better(*(len(IDLE.findall(text)) for text in shown(question)))


def length_lover(question):
    """The longer, the better."""
    return better(*(-len(text) for text in shown(question)))


def brevity_lover(question):
    """The shorter, the better."""
    return better(*map(len, shown(question)))


def first_lover(_question):
    """Whatever comes first."""
    return "A"


def injected(question):
    """A good judge, unless a proof says what to answer."""
    for place, text in zip("AB", shown(question), strict=True):
        if order := next((said for name, said in ORDERS.items() if re.search(rf"\b{name}\b", text)), None):
            return order
        if any(plea in text for plea in PLEAS):
            return place
    return good(question)


def mute(_question):
    """Says something else."""
    return "Both have their merits."


JUDGES = {
    "good": good,
    "length-lover": length_lover,
    "brevity-lover": brevity_lover,
    "position-biased": first_lover,
    "prompt-injected": injected,
    "mute": mute,
}


def answered(question):
    """A script for a server on which every model is the judge of its name."""
    return [json.dumps({"verdict": JUDGES[question.model](question)})]


def spec_of(url, name, price=None, **table):
    provider = Provider(url)
    settings = ModelTable(**{"max_tokens": 100, "tries": 1, "timeout": 20.0, **table})
    return ModelSpec(f"scripted/{name}", name, provider, settings, price or Price(input=0, output=0), "settings")


@asynccontextmanager
async def judges(*names, script=answered, limit=None, price=None, **table):
    """Models of these names behind a real server; gives the clients, the server and the ledger."""
    async with serving(script) as server:
        specs = [spec_of(server.url, name, price, **table) for name in names]
        async with open_models(specs, limit=limit, environment={"PROOFAGENT_OFFLINE": "1"}) as opened:
            yield opened.clients, server, opened.ledger
