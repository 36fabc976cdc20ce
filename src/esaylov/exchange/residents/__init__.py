"""Extracts of the residence and the address register: read, checked, normalised (docs/extracts.md)."""
