"""Boundaries for maps: checked, simplified and kept when an operator loads them."""
