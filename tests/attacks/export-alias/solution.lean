namespace Tools
abbrev Empty := Unit
end Tools

namespace Demo
export Tools (Empty)

theorem anything : Nonempty Empty := ⟨()⟩
end Demo
