import challenge

#check @two_le_one
