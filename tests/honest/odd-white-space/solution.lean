


theorem    spaced
        (a
           b   -- the middle
       c : Nat)

    (h :
      a   <   b)

  (k : b < c)    :

      a + 1
        < /- strictly -/ c   :=   

                by 

                  have    step  :   a + 1   ≤   b
                            :=  h

                  exact
                    Nat.lt_of_le_of_lt

                      step

                      k
   

