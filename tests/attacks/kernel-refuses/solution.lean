theorem anything : False := lcProof
