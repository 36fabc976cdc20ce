"""Search over territories, precincts, candidates and parties, in every script."""
