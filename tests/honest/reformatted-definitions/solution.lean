/-- Who owns how much. -/
structure Account where
  /-- The name. -/
  (owner : String)
  /-- In cents. -/
  (balance : Nat)

namespace Account
def deposit (acc : Account) (amount : Nat) : Account :=
  { acc with
    balance := acc.balance + amount } -- no overflow
end Account

def twice (g : Account → Account) : Account → Account :=
  λ x ↦ g <| g x

def sign (m : Int) : Int :=
  if m < 0 then
    -1
  else if m = 0 then
    0
  else
    (1)

theorem deposit_twice (a : Account) (n : Nat) : (twice (fun b => b.deposit n) a).balance = a.balance + n + n := rfl

theorem sign_neg (n : Int) : sign (-n) = -sign n := by
  unfold sign
  split <;> split <;> (try split) <;> (try split) <;> omega
