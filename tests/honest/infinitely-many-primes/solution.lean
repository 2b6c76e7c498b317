def Prime (p : Nat) : Prop := 2 ≤ p ∧ ∀ d, d ∣ p → d = 1 ∨ d = p

theorem exists_prime_factor (n : Nat) (h : 2 ≤ n) : ∃ p, Prime p ∧ p ∣ n := by
  by_cases hp : ∀ d, d ∣ n → d = 1 ∨ d = n
  · exact ⟨n, ⟨h, hp⟩, Nat.dvd_refl n⟩
  · simp only [Classical.not_forall, not_or] at hp
    obtain ⟨d, hd, h₁, h₂⟩ := hp
    have hle := Nat.le_of_dvd (by omega) hd
    have hpos : 0 < d := Nat.pos_of_dvd_of_pos hd (by omega)
    have hlt : d < n := by omega
    obtain ⟨p, pp, hpd⟩ := exists_prime_factor d (by omega)
    exact ⟨p, pp, Nat.dvd_trans hpd hd⟩

def fact : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * fact n

theorem fact_pos : ∀ n, 0 < fact n
  | 0 => Nat.one_pos
  | n + 1 => Nat.mul_pos (Nat.succ_pos n) (fact_pos n)

theorem dvd_fact : ∀ n d, 0 < d → d ≤ n → d ∣ fact n
  | 0, d, h, k => by omega
  | n + 1, d, h, k =>
    if e : d = n + 1 then by rw [e]; exact Nat.dvd_mul_right ..
    else Nat.dvd_trans (dvd_fact n d h (by omega)) (Nat.dvd_mul_left ..)

theorem exists_infinite_primes (n : Nat) : ∃ p, n < p ∧ Prime p := by
  have hpos := fact_pos n
  obtain ⟨p, pp, hd⟩ := exists_prime_factor (fact n + 1) (by omega)
  refine ⟨p, Nat.lt_of_not_le fun hle => ?_, pp⟩
  have h2 := pp.1
  have h1 : p ∣ 1 := (Nat.dvd_add_right (dvd_fact n p (by omega) hle)).mp hd
  have := Nat.le_of_dvd Nat.one_pos h1
  omega
