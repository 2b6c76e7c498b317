prelude
set_option genCtorIdx false
universe u

unsafe axiom lcErased : Type
unsafe axiom lcAny : Type

inductive Nat where
  | zero : Nat
  | succ (n : Nat) : Nat

class OfNat (α : Type u) (n : Nat) where
  ofNat : α

axiom instOfNat (α : Type u) (n : Nat) : OfNat α n
attribute [instance] instOfNat

axiom String : Type
axiom P : Nat → Prop
axiom S : String → Prop

axiom zero : P 0
axiom small : P 7
axiom below31 : P 2147483647
axiom above31 : P 2147483648
axiom below63 : P 9223372036854775807
axiom above63 : P 9223372036854775808
axiom above64 : P 18446744073709551616
axiom big : P 123456789012345678901234567890123456789012345678901234567890
axiom power : P 0x1000000000000000000000000000000000000000000000000
axiom text : S "abc «äöü» 𝔸\n\x00"
axiom empty : S ""
theorem again : P 7 := small
