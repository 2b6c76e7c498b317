structure Account where
  owner : String
  balance : Nat

def Account.deposit (a : Account) (n : Nat) : Account := { a with balance := a.balance + n }

def twice (f : Account → Account) : Account → Account := fun a => f (f a)

def sign (n : Int) : Int := if n < 0 then -1 else if n = 0 then 0 else 1

theorem deposit_twice (a : Account) (n : Nat) : (twice (fun b => b.deposit n) a).balance = a.balance + n + n := sorry

theorem sign_neg (n : Int) : sign (-n) = -sign n := sorry
