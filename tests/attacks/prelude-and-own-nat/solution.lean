prelude

inductive Nat | zero | one
