"""A value of your own: how likely a state is to be proved, before anything was tried there."""

from proofagent import Budget, ProofState, Search, Settings


def fewer_arrows(state: ProofState) -> float:
    """Prefers states whose targets have few arrows and quantifiers left."""
    return 1.0 / (2.0 + sum(state.main.target.count(sign) for sign in "→∀∃"))


search = Search(settings=Settings(value=fewer_arrows), budget=Budget(seconds=60))
(attempt,) = search.run(["theorem t : ∀ a b : Nat, a < b → ∃ c, a + c = b"])
print(attempt.outcome)
print(attempt.proof)
