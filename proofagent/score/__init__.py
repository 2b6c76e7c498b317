"""How good an accepted proof is: metrics, how they may choose, and the panel of judges."""
