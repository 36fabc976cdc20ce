"""Custody of the voters' keys: who can open a record, find one by a value, and how fast."""
