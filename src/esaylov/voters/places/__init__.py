"""Addresses and precincts: the address register, the rules by which houses belong to precincts, and what follows from them."""
