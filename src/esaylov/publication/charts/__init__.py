"""Charts: one Altair specification each, for the page, for print and for the press."""
