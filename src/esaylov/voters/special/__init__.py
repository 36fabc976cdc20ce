"""Voters abroad, in military units, hospitals, places of detention and remote places, by their own lists (Art. 10, 27, 28)."""
