"""What the tests of proposers that ask models have in common."""

from proofagent.propose.asker import Asker, Panel
from proofagent.propose.llm import SketchProposer, StepProposer, WholeProposer
from proofagent.propose.prompts import load_prompts

PROMPTS = load_prompts()
OWN = "step by scripted/model"
"""The origin of a goal at which every way of asking asks in its first wave."""


def fenced(proof):
    return f"I think so.\n\n```lean4\n{proof}\n```\n"


def asker_of(*models, heard=lambda _asked: None):
    return Asker(Panel(models), "c", heard)


def all_ways(asker, **options):
    """A proposer of each kind."""
    made = [kind(asker, PROMPTS, **options) for kind in (StepProposer, WholeProposer, SketchProposer)]
    return dict(zip(("step", "whole", "sketch"), made, strict=True))
