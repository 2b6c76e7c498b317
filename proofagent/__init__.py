"""A Lean 4 proof agent: something proposes, the kernel verifies, a search decides where to look.

    from proofagent import Budget, prove
    result = prove("theorem t (a b : Nat) : a + b = b + a", Budget(seconds=30))
    print(result.outcome, result.proof)

`prove` is the short way; `embedded_pool`, `attempt` and `Session` are what it is made of.
"""

from proofagent.api import prove
from proofagent.check.gate import Claim, Verdict, check
from proofagent.check.policy import Policy
from proofagent.check.reasons import Reason
from proofagent.check.receipt import Evidence, Receipt
from proofagent.goals.files import from_file
from proofagent.goals.goal import Goal
from proofagent.goals.loaders import from_jsonl, from_statement
from proofagent.lean.engines import embedded_pool
from proofagent.propose.base import Candidate, Proposer, Query
from proofagent.propose.mix import Mix, Share
from proofagent.propose.portfolio import Portfolio
from proofagent.propose.team import Team, tactics_team
from proofagent.runs.attempt import Attempt, attempt
from proofagent.runs.results import GoalResult, ProveReport
from proofagent.runs.session import Listener, Session
from proofagent.types import Budget

__all__ = [
    "Attempt",
    "Budget",
    "Candidate",
    "Claim",
    "Evidence",
    "Goal",
    "GoalResult",
    "Listener",
    "Mix",
    "Policy",
    "Portfolio",
    "Proposer",
    "ProveReport",
    "Query",
    "Reason",
    "Receipt",
    "Session",
    "Share",
    "Team",
    "Verdict",
    "attempt",
    "check",
    "embedded_pool",
    "from_file",
    "from_jsonl",
    "from_statement",
    "prove",
    "tactics_team",
]
