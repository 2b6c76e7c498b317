"""A Lean 4 proof agent: something proposes, the kernel verifies, a search decides where to look.

    from proofagent import Budget, prove
    result = prove("theorem t (a b : Nat) : a + b = b + a", Budget(seconds=30))
    print(result.outcome, result.proof)

`prove` is the short way, `Search` the one for experiments; `embedded_pool`, `attempt` and `Session` are what they are
made of, and `open_pool(choose(None, folder))` is a pool of the Lean of a Lake project. Everything that can be replaced
is a small protocol: `Proposer`, `Strategy` with its `Frontier`, `Value`, `Engine`; the folder `examples` has one each.
"""

from proofagent.api import Search, prove
from proofagent.check.gate import Claim, Verdict, check
from proofagent.check.policy import Policy
from proofagent.check.reasons import Reason
from proofagent.check.receipt import Evidence, Receipt
from proofagent.goals.files import from_file
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl, from_statement
from proofagent.lean.engine import Engine
from proofagent.lean.engines import Choice, choose, embedded_pool, open_pool
from proofagent.lean.pool import Pool
from proofagent.proof.graph import ProofGraph
from proofagent.proof.state import ProofState
from proofagent.propose.base import Candidate, Proposer, Query
from proofagent.propose.cascade import Cascade
from proofagent.propose.memory.memory import Memory, MemoryProposer
from proofagent.propose.mix import Mix, Share
from proofagent.propose.portfolio import Portfolio
from proofagent.propose.team import Team, tactics_team
from proofagent.runs.attempt import Attempt, attempt
from proofagent.runs.results import GoalResult, ProveReport
from proofagent.runs.session import Listener, Session
from proofagent.search.learned import LearnedValue
from proofagent.search.settings import Settings, Tried
from proofagent.search.strategies import STRATEGIES
from proofagent.search.strategy import Entry, Frontier, Strategy, Value
from proofagent.types import Budget

__all__ = [
    "STRATEGIES",
    "Attempt",
    "Budget",
    "Candidate",
    "Cascade",
    "Choice",
    "Claim",
    "Engine",
    "Entry",
    "Evidence",
    "Frontier",
    "Goal",
    "GoalResult",
    "LearnedValue",
    "Listener",
    "Memory",
    "MemoryProposer",
    "Mix",
    "Policy",
    "Pool",
    "Portfolio",
    "ProofGraph",
    "ProofState",
    "Proposer",
    "ProveReport",
    "Query",
    "Reason",
    "Receipt",
    "Search",
    "Session",
    "Settings",
    "Share",
    "Strategy",
    "Team",
    "Tried",
    "Value",
    "Verdict",
    "attempt",
    "check",
    "choose",
    "embedded_pool",
    "from_file",
    "from_jsonl",
    "from_statement",
    "open_pool",
    "prove",
    "tactics_team",
]
