"""Arithmetic tactics that fit a proof state: normal forms, residues, bounds and bounded variables."""

import re
from collections.abc import Iterator
from itertools import islice
from math import isqrt

from proofagent.proof.state import Hypothesis, ProofState
from proofagent.propose.products import below, moduli
from proofagent.propose.tactics import fresh, names, propositions, used_names, variables

_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_POWER = re.compile(r"(?<![\w.])(\d+) \^ ([^\W\d][\w'.]*)")
_MOST_RESIDUES = 24
_MOST_VALUES = 120
_MOST_DIGITS = 12
# With so many cases a tactic that fails slowly would fail slowly as many times.
_FEW, _SOME = 5, 16

_NAT_RULES = "Nat.pow_succ, Nat.pow_zero, Nat.mul_mod, Nat.add_mod, Nat.pow_mod"
_INT_RULES = "Int.pow_succ, Int.pow_zero, Int.mul_emod, Int.add_emod, Int.sub_emod"
_CONTRADICT = "apply Classical.byContradiction; intro hc"


def normal_forms(state: ProofState) -> Iterator[str]:
    """Powers and products opened, then a decision procedure."""
    text = state.main.text
    if "^" in text:
        for close in ("omega", "grind"):
            yield f"simp only [Nat.pow_succ, Nat.mul_add, Nat.pow_add, Int.pow_succ] at *; {close}"
        yield "simp [Nat.pow_succ, Nat.mul_add, Nat.add_mul, Int.pow_succ] at *; omega"
    if re.search(r"%|∣", text):
        # `simp_all` would rewrite with these rules for ever: each of them leaves a term that it fits again.
        yield f"simp [{_INT_RULES if ': Int' in text else _NAT_RULES}]"
        yield "apply Nat.dvd_of_mod_eq_zero"
        yield "apply Nat.mod_eq_zero_of_dvd"


def powers(state: ProofState) -> Iterator[str]:
    """What is true of every power: it is positive, and it outgrows its exponent."""
    name = fresh("hp", used_names(state))
    for base, exponent in dict.fromkeys(_POWER.findall(state.main.text)):
        if base == "2":
            yield f"have {name} := Nat.lt_two_pow_self (n := {exponent})"
        if int(base) > 0:
            yield f"have {name} : 0 < {base} ^ {exponent} := Nat.pow_pos (by decide)"


def residues(state: ProofState) -> Iterator[str]:
    """Case analysis on a variable modulo each small number that the goal divides by."""
    for m in moduli(state):
        if not 1 < m <= _MOST_RESIDUES:
            continue
        for h in _numbers(state):
            rules = _NAT_RULES if h.type == "Nat" else _INT_RULES
            name = fresh("hm", used_names(state))
            cases = " ∨ ".join(f"{h.name} % {m} = {r}" for r in range(m))
            split = f"rcases (by omega : {cases}) with {' | '.join([name] * m)}"
            last = " | grind" if m < _FEW else ""
            yield f"{split} <;> first | (simp [{name}, {rules}]; done) | (simp_all; done){last}"
            if m < _FEW:
                yield split


def enumerations(state: ProofState) -> Iterator[str]:
    """A bounded variable taken through all its values; that the bound holds is for `omega` to show."""
    for h in _numbers(state):
        for bound in _bounds(state, h.name):
            used = used_names(state)
            name, split = _values(h, bound, used)
            rest = " | (simp_all; done) | (simp at *; omega) | grind" if bound < _SOME else ""
            yield f"{split} <;> subst {name} <;> first | omega{rest}"
            # What is not linear even so is left.
            yield f"{split} <;> subst {name} <;> try omega"


def _values(h: Hypothesis, bound: int, used: set[str]) -> tuple[str, str]:
    """A tactic that splits into the values from 0 to `bound`, and the name of the equation in each case.

    As members of a list, because `omega` would look at all cases of all hypotheses for a long disjunction.
    """
    name, member, number = (fresh(base, used) for base in ("hv", "hm", "k"))
    split = "simp only [List.range, List.range.loop, List.mem_cons, List.not_mem_nil, or_false]"
    cases = " | ".join([name] * (bound + 1))
    if h.type == "Nat":
        within = f"have {member} := List.mem_range.mpr (by omega : {h.name} < {bound + 1})"
        return name, f"{within}; {split} at {member}; rcases {member} with {cases}"
    natural = f"obtain ⟨{number}, {name}⟩ := Int.eq_ofNat_of_zero_le (by omega : 0 ≤ {h.name})"
    within = f"have {member} := List.mem_range.mpr (by omega : {number} < {bound + 1})"
    return name, f"{natural}; {within}; {split} at {member}; rcases {member} with {' | '.join(['rfl'] * (bound + 1))}"


def exponents(state: ProofState) -> Iterator[str]:
    """Bounds of exponents: a power of a number above 1 outgrows what it is compared with."""
    known = {int(n) for p in propositions(state) for n in _NUMBER.findall(p.type) if 1 < len(n) < _MOST_DIGITS}
    for base, exponent in dict.fromkeys(_POWER.findall(state.main.text)):
        for most in sorted(known)[-2:] if int(base) > 1 else ():
            yield below(fresh("hb", used_names(state)), int(base), exponent, most)


def bounds(state: ProofState) -> Iterator[str]:
    """Bounds that follow from squares: a natural number is no larger than the root of what bounds its square."""
    for h in _numbers(state):
        if h.type != "Nat":
            continue
        near = {int(n) for p in propositions(state) if h.name in names(p.type) for n in _NUMBER.findall(p.type)}
        for root in sorted({isqrt(n) + 1 for n in near if 3 < n < 20_000})[:3]:
            claim = f"have {fresh('hb', used_names(state))} : {h.name} < {root} := by"
            least = "(Nat.le_of_not_lt hc)"
            yield f"{claim}\n  {_CONTRADICT}; have hq := Nat.pow_le_pow_left {least} 2; first | omega | grind"
            yield f"{claim}\n  {_CONTRADICT}; have hq := Nat.mul_le_mul {least} {least}; first | omega | grind"


def _numbers(state: ProofState) -> list[Hypothesis]:
    target = names(state.main.target)
    found = [h for h in variables(state) if h.type in ("Nat", "Int")]
    return sorted(found, key=lambda h: h.name not in target)


def _bounds(state: ProofState, name: str) -> Iterator[int]:
    """Numbers that a hypothesis compares with `name`, or that a sum with it is equal to, the smallest first."""
    about = [h.type for h in propositions(state) if name in names(h.type)]
    compared = [n for type_ in about if re.search(r"[<>≤≥]", type_) for n in _NUMBER.findall(type_)]
    sums = [match[1] for type_ in about if "+" in type_ and (match := re.search(r" = (\d+)\Z", type_))]
    near = {int(n) for n in (*compared, *sums) if len(n) < 4 and 0 < int(n) <= _MOST_VALUES}
    yield from islice(sorted(near), 4)
