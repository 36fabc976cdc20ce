"""Freezing lists: from a legal moment on a precinct's list is provable and grows by numbered entries only (Art. 29, 52)."""
