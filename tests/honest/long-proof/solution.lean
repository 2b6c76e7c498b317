theorem long_chain (a b c : Nat) (h₀ : a = 2 * b) (k₀ : b = 3 * c) : a + 100 = 6 * c + 100 ∧ a % 6 = 0 := by
  have h1 : a + 1 = 2 * b + 1 := by
    rw [h₀]
  have h2 : a + 2 = 2 * b + 2 := by
    rw [← Nat.add_assoc a 1 1, h1]
  have h3 : a + 3 = 2 * b + 3 := by
    rw [← Nat.add_assoc a 2 1, h2]
  have h4 : a + 4 = 2 * b + 4 := by
    rw [← Nat.add_assoc a 3 1, h3]
  have h5 : a + 5 = 2 * b + 5 := by
    rw [← Nat.add_assoc a 4 1, h4]
  have h6 : a + 6 = 2 * b + 6 := by
    rw [← Nat.add_assoc a 5 1, h5]
  have h7 : a + 7 = 2 * b + 7 := by
    rw [← Nat.add_assoc a 6 1, h6]
  have h8 : a + 8 = 2 * b + 8 := by
    rw [← Nat.add_assoc a 7 1, h7]
  have h9 : a + 9 = 2 * b + 9 := by
    rw [← Nat.add_assoc a 8 1, h8]
  have h10 : a + 10 = 2 * b + 10 := by
    rw [← Nat.add_assoc a 9 1, h9]
  have h11 : a + 11 = 2 * b + 11 := by
    rw [← Nat.add_assoc a 10 1, h10]
  have h12 : a + 12 = 2 * b + 12 := by
    rw [← Nat.add_assoc a 11 1, h11]
  have h13 : a + 13 = 2 * b + 13 := by
    rw [← Nat.add_assoc a 12 1, h12]
  have h14 : a + 14 = 2 * b + 14 := by
    rw [← Nat.add_assoc a 13 1, h13]
  have h15 : a + 15 = 2 * b + 15 := by
    rw [← Nat.add_assoc a 14 1, h14]
  have h16 : a + 16 = 2 * b + 16 := by
    rw [← Nat.add_assoc a 15 1, h15]
  have h17 : a + 17 = 2 * b + 17 := by
    rw [← Nat.add_assoc a 16 1, h16]
  have h18 : a + 18 = 2 * b + 18 := by
    rw [← Nat.add_assoc a 17 1, h17]
  have h19 : a + 19 = 2 * b + 19 := by
    rw [← Nat.add_assoc a 18 1, h18]
  have h20 : a + 20 = 2 * b + 20 := by
    rw [← Nat.add_assoc a 19 1, h19]
  have h21 : a + 21 = 2 * b + 21 := by
    rw [← Nat.add_assoc a 20 1, h20]
  have h22 : a + 22 = 2 * b + 22 := by
    rw [← Nat.add_assoc a 21 1, h21]
  have h23 : a + 23 = 2 * b + 23 := by
    rw [← Nat.add_assoc a 22 1, h22]
  have h24 : a + 24 = 2 * b + 24 := by
    rw [← Nat.add_assoc a 23 1, h23]
  have h25 : a + 25 = 2 * b + 25 := by
    rw [← Nat.add_assoc a 24 1, h24]
  have h26 : a + 26 = 2 * b + 26 := by
    rw [← Nat.add_assoc a 25 1, h25]
  have h27 : a + 27 = 2 * b + 27 := by
    rw [← Nat.add_assoc a 26 1, h26]
  have h28 : a + 28 = 2 * b + 28 := by
    rw [← Nat.add_assoc a 27 1, h27]
  have h29 : a + 29 = 2 * b + 29 := by
    rw [← Nat.add_assoc a 28 1, h28]
  have h30 : a + 30 = 2 * b + 30 := by
    rw [← Nat.add_assoc a 29 1, h29]
  have h31 : a + 31 = 2 * b + 31 := by
    rw [← Nat.add_assoc a 30 1, h30]
  have h32 : a + 32 = 2 * b + 32 := by
    rw [← Nat.add_assoc a 31 1, h31]
  have h33 : a + 33 = 2 * b + 33 := by
    rw [← Nat.add_assoc a 32 1, h32]
  have h34 : a + 34 = 2 * b + 34 := by
    rw [← Nat.add_assoc a 33 1, h33]
  have h35 : a + 35 = 2 * b + 35 := by
    rw [← Nat.add_assoc a 34 1, h34]
  have h36 : a + 36 = 2 * b + 36 := by
    rw [← Nat.add_assoc a 35 1, h35]
  have h37 : a + 37 = 2 * b + 37 := by
    rw [← Nat.add_assoc a 36 1, h36]
  have h38 : a + 38 = 2 * b + 38 := by
    rw [← Nat.add_assoc a 37 1, h37]
  have h39 : a + 39 = 2 * b + 39 := by
    rw [← Nat.add_assoc a 38 1, h38]
  have h40 : a + 40 = 2 * b + 40 := by
    rw [← Nat.add_assoc a 39 1, h39]
  have h41 : a + 41 = 2 * b + 41 := by
    rw [← Nat.add_assoc a 40 1, h40]
  have h42 : a + 42 = 2 * b + 42 := by
    rw [← Nat.add_assoc a 41 1, h41]
  have h43 : a + 43 = 2 * b + 43 := by
    rw [← Nat.add_assoc a 42 1, h42]
  have h44 : a + 44 = 2 * b + 44 := by
    rw [← Nat.add_assoc a 43 1, h43]
  have h45 : a + 45 = 2 * b + 45 := by
    rw [← Nat.add_assoc a 44 1, h44]
  have h46 : a + 46 = 2 * b + 46 := by
    rw [← Nat.add_assoc a 45 1, h45]
  have h47 : a + 47 = 2 * b + 47 := by
    rw [← Nat.add_assoc a 46 1, h46]
  have h48 : a + 48 = 2 * b + 48 := by
    rw [← Nat.add_assoc a 47 1, h47]
  have h49 : a + 49 = 2 * b + 49 := by
    rw [← Nat.add_assoc a 48 1, h48]
  have h50 : a + 50 = 2 * b + 50 := by
    rw [← Nat.add_assoc a 49 1, h49]
  have h51 : a + 51 = 2 * b + 51 := by
    rw [← Nat.add_assoc a 50 1, h50]
  have h52 : a + 52 = 2 * b + 52 := by
    rw [← Nat.add_assoc a 51 1, h51]
  have h53 : a + 53 = 2 * b + 53 := by
    rw [← Nat.add_assoc a 52 1, h52]
  have h54 : a + 54 = 2 * b + 54 := by
    rw [← Nat.add_assoc a 53 1, h53]
  have h55 : a + 55 = 2 * b + 55 := by
    rw [← Nat.add_assoc a 54 1, h54]
  have h56 : a + 56 = 2 * b + 56 := by
    rw [← Nat.add_assoc a 55 1, h55]
  have h57 : a + 57 = 2 * b + 57 := by
    rw [← Nat.add_assoc a 56 1, h56]
  have h58 : a + 58 = 2 * b + 58 := by
    rw [← Nat.add_assoc a 57 1, h57]
  have h59 : a + 59 = 2 * b + 59 := by
    rw [← Nat.add_assoc a 58 1, h58]
  have h60 : a + 60 = 2 * b + 60 := by
    rw [← Nat.add_assoc a 59 1, h59]
  have h61 : a + 61 = 2 * b + 61 := by
    rw [← Nat.add_assoc a 60 1, h60]
  have h62 : a + 62 = 2 * b + 62 := by
    rw [← Nat.add_assoc a 61 1, h61]
  have h63 : a + 63 = 2 * b + 63 := by
    rw [← Nat.add_assoc a 62 1, h62]
  have h64 : a + 64 = 2 * b + 64 := by
    rw [← Nat.add_assoc a 63 1, h63]
  have h65 : a + 65 = 2 * b + 65 := by
    rw [← Nat.add_assoc a 64 1, h64]
  have h66 : a + 66 = 2 * b + 66 := by
    rw [← Nat.add_assoc a 65 1, h65]
  have h67 : a + 67 = 2 * b + 67 := by
    rw [← Nat.add_assoc a 66 1, h66]
  have h68 : a + 68 = 2 * b + 68 := by
    rw [← Nat.add_assoc a 67 1, h67]
  have h69 : a + 69 = 2 * b + 69 := by
    rw [← Nat.add_assoc a 68 1, h68]
  have h70 : a + 70 = 2 * b + 70 := by
    rw [← Nat.add_assoc a 69 1, h69]
  have h71 : a + 71 = 2 * b + 71 := by
    rw [← Nat.add_assoc a 70 1, h70]
  have h72 : a + 72 = 2 * b + 72 := by
    rw [← Nat.add_assoc a 71 1, h71]
  have h73 : a + 73 = 2 * b + 73 := by
    rw [← Nat.add_assoc a 72 1, h72]
  have h74 : a + 74 = 2 * b + 74 := by
    rw [← Nat.add_assoc a 73 1, h73]
  have h75 : a + 75 = 2 * b + 75 := by
    rw [← Nat.add_assoc a 74 1, h74]
  have h76 : a + 76 = 2 * b + 76 := by
    rw [← Nat.add_assoc a 75 1, h75]
  have h77 : a + 77 = 2 * b + 77 := by
    rw [← Nat.add_assoc a 76 1, h76]
  have h78 : a + 78 = 2 * b + 78 := by
    rw [← Nat.add_assoc a 77 1, h77]
  have h79 : a + 79 = 2 * b + 79 := by
    rw [← Nat.add_assoc a 78 1, h78]
  have h80 : a + 80 = 2 * b + 80 := by
    rw [← Nat.add_assoc a 79 1, h79]
  have h81 : a + 81 = 2 * b + 81 := by
    rw [← Nat.add_assoc a 80 1, h80]
  have h82 : a + 82 = 2 * b + 82 := by
    rw [← Nat.add_assoc a 81 1, h81]
  have h83 : a + 83 = 2 * b + 83 := by
    rw [← Nat.add_assoc a 82 1, h82]
  have h84 : a + 84 = 2 * b + 84 := by
    rw [← Nat.add_assoc a 83 1, h83]
  have h85 : a + 85 = 2 * b + 85 := by
    rw [← Nat.add_assoc a 84 1, h84]
  have h86 : a + 86 = 2 * b + 86 := by
    rw [← Nat.add_assoc a 85 1, h85]
  have h87 : a + 87 = 2 * b + 87 := by
    rw [← Nat.add_assoc a 86 1, h86]
  have h88 : a + 88 = 2 * b + 88 := by
    rw [← Nat.add_assoc a 87 1, h87]
  have h89 : a + 89 = 2 * b + 89 := by
    rw [← Nat.add_assoc a 88 1, h88]
  have h90 : a + 90 = 2 * b + 90 := by
    rw [← Nat.add_assoc a 89 1, h89]
  have h91 : a + 91 = 2 * b + 91 := by
    rw [← Nat.add_assoc a 90 1, h90]
  have h92 : a + 92 = 2 * b + 92 := by
    rw [← Nat.add_assoc a 91 1, h91]
  have h93 : a + 93 = 2 * b + 93 := by
    rw [← Nat.add_assoc a 92 1, h92]
  have h94 : a + 94 = 2 * b + 94 := by
    rw [← Nat.add_assoc a 93 1, h93]
  have h95 : a + 95 = 2 * b + 95 := by
    rw [← Nat.add_assoc a 94 1, h94]
  have h96 : a + 96 = 2 * b + 96 := by
    rw [← Nat.add_assoc a 95 1, h95]
  have h97 : a + 97 = 2 * b + 97 := by
    rw [← Nat.add_assoc a 96 1, h96]
  have h98 : a + 98 = 2 * b + 98 := by
    rw [← Nat.add_assoc a 97 1, h97]
  have h99 : a + 99 = 2 * b + 99 := by
    rw [← Nat.add_assoc a 98 1, h98]
  have h100 : a + 100 = 2 * b + 100 := by
    rw [← Nat.add_assoc a 99 1, h99]
  constructor
  · calc a + 100
      _ = 2 * b + 100 := h100
      _ = 2 * (3 * c) + 100 := by rw [k₀]
      _ = 6 * c + 100 := by omega
  · subst k₀
    subst h₀
    clear h1 h100
    omega
