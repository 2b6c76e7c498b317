"""One statement, one call: the search, the check by a fresh Lean, and the receipt."""

from proofagent import Budget, prove

result = prove("theorem t (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c", Budget(seconds=60))
print(result.outcome)
print(result.proof)
assert result.receipt is not None
print("axioms:", ", ".join(result.receipt.axioms) or "none")
