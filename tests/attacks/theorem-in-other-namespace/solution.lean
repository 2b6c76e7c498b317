namespace Proof
theorem two_le_one : True := trivial
end Proof
open Proof
#check (two_le_one)
