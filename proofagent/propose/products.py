"""Tactics about products and powers: what `omega` takes for a letter, opened so far that it can do the rest."""

import re
from collections.abc import Iterator
from math import gcd

from proofagent.proof.state import Hypothesis, ProofState
from proofagent.propose.tactics import fresh, propositions, used_names, variables

_EQUATION = re.compile(r"(.+) = (\d+)\Z", re.DOTALL)
_POWER = re.compile(r"(?<![\w.)^])(\d+) \^ ([^\W\d][\w']*)(?![\w'.])")
_MODULUS = re.compile(r"% (\d+)|(?<![\w.])(\d+) ∣")
_VARIABLE = re.compile(r"[^\W\d][\w']*")
_MOST_PERIOD = 12
_OPEN, _CLOSE = "([{⟨", ")]}⟩"


def factor_bounds(state: ProofState) -> Iterator[str]:
    """A factor of a known positive number is no larger than it; of a plain variable `omega` need not be told twice."""
    for h, factors, product in _products(state):
        for place, factor in enumerate(factors):
            if not factor.isdigit() and not _VARIABLE.fullmatch(factor):
                name = fresh("hb", used_names(state))
                least = f"Nat.le_of_dvd (by decide) (⟨{_rest(factors, place)}, {_reordered(h)}⟩ : {factor} ∣ {product})"
                if (power := _POWER.fullmatch(factor)) and int(power[1]) > 1:
                    yield below(name, int(power[1]), power[2], product, least)
                yield f"have {name} := {least}"


def power_residues(state: ProofState) -> Iterator[str]:
    """A power of a number repeats itself modulo another, coprime one: the exponent by its remainder by the period."""
    natural = {h.name for h in variables(state) if h.type == "Nat"}
    for base, exponent in dict.fromkeys(_POWER.findall(state.main.text)):
        for modulus in moduli(state):
            if exponent in natural and int(base) > 1 and (period := _period(int(base), modulus)):
                used = used_names(state)
                q, r, hr, hn, hm = (fresh(name, used) for name in ("q", "r", "hr", "hn", "hm"))
                split = f"⟨{exponent} / {period}, {exponent} % {period}, by omega, by omega⟩"
                cases = " ∨ ".join(f"{r} = {number}" for number in range(period))
                yield (
                    f"obtain ⟨{q}, {r}, {hr}, {hn}⟩ : ∃ {q} {r}, {r} < {period} ∧ {exponent} = {period} * {q} + {r} "
                    f":= {split}; subst {hn}; "
                    f"have {hm} : ({base} ^ {period}) ^ {q} % {modulus} = 1 := (by (rw [Nat.pow_mod]; simp)); "
                    f"rcases (by omega : {cases}) with {' | '.join(['rfl'] * period)} <;> "
                    "simp only [Nat.pow_add, Nat.pow_mul] at * <;> omega"
                )


def below(name: str, base: int, exponent: str, most: int, known: str = "") -> str:
    """The fact that `exponent` is so small that base ^ exponent ≤ `most`, which `known` or `omega` shows; base > 1."""
    least = 1
    while base**least <= most:
        least += 1
    said = f"have hk := {known}; " if known else ""
    more = f"have hq := Nat.pow_le_pow_right (by decide : 0 < {base}) (Nat.le_of_not_lt hc)"
    return f"have {name} : {exponent} < {least} := by (apply Classical.byContradiction; intro hc; {said}{more}; omega)"


def product_signs(state: ProofState) -> Iterator[str]:
    """The product of two numbers of which `omega` knows the signs."""
    whole = {h.name for h in variables(state) if h.type == "Int"}
    for left, right in dict.fromkeys(re.findall(r"(?<![\w.)^] )\b([^\W\d][\w']*) \* ([^\W\d][\w']*)", state.main.text)):
        if {left, right} <= whole:
            name = fresh("hp", used_names(state))
            yield f"have {name} : 0 < {left} * {right} := Int.mul_pos (by omega) (by omega)"
            yield f"have {name} : 0 ≤ {left} * {right} := Int.mul_nonneg (by omega) (by omega)"


def moduli(state: ProofState) -> list[int]:
    """The numbers that the goal divides by, from small to large."""
    return sorted({int(m) for pair in _MODULUS.findall(state.main.text) for m in pair if m})


def _products(state: ProofState) -> Iterator[tuple[Hypothesis, list[str], int]]:
    """The hypotheses that say what a product is, with its factors as they are written."""
    for h in propositions(state):
        match = _EQUATION.fullmatch(h.type)
        if match and (factors := _factors(match[1])) and int(match[2]) > 1:
            yield h, factors, int(match[2])


def _factors(text: str) -> list[str]:
    """The parts between `*` outside brackets; none where another operator binds weaker, or there is one part only."""
    depth, parts = 0, [""]
    for word in text.split():
        if depth == 0 and word in "+-%/∣=<>≤≥≠∧∨→↔":
            return []
        depth += sum(char in _OPEN for char in word) - sum(char in _CLOSE for char in word)
        if depth == 0 and word == "*":
            parts.append("")
        else:
            parts[-1] = f"{parts[-1]} {word}".strip()
    return parts if len(parts) > 1 else []


def _rest(factors: list[str], place: int) -> str:
    """The product of all factors but one."""
    others = [*factors[:place], *factors[place + 1 :]]
    return f"({' * '.join(others)})"


def _reordered(h: Hypothesis) -> str:
    return f"by (refine Eq.trans {h.name}.symm ?_; ac_rfl)"


def _period(base: int, modulus: int) -> int:
    """The least number > 0 with base ^ number ≡ 1 modulo `modulus`; 0 where it is too large or there is none."""
    if modulus < 2 or gcd(base, modulus) != 1:
        return 0
    power = 1
    for number in range(1, _MOST_PERIOD + 1):
        power = power * base % modulus
        if power == 1:
            return number
    return 0
