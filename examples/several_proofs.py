"""Proofs of one statement that do different things, each accepted by the gate, the shortest first."""

from proofagent import Budget, Search

search = Search(keep=3, budget=Budget(seconds=60))
(attempt,) = search.run(["theorem t (a b : Nat) (h : a ≤ b) : a < b + 1"])
for text in (proof.text for proof in attempt.kept):
    print(text)
