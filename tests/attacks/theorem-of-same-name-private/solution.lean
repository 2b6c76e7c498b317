private theorem two_le_one : True := trivial
#check two_le_one
