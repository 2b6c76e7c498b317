"""Different proofs of one statement, each accepted by the gate, the shortest first."""

from proofagent import Budget, Search

search = Search(keep=3, budget=Budget(seconds=60))
(attempt,) = search.run(["theorem t (a b : Nat) (h : a ≤ b) : a < b + 1"])
for text in (attempt.proof, *(other.text for other in attempt.others)):
    print(text)
