theorem always : True := Lean.trustCompiler
