"""How fast it is: each figure beside its floor, taken in the same minutes on servers of its own."""
