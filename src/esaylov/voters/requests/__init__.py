"""Requests of voters without an account: received, decided within the law's hours, taken by a changeset or by a worklist."""
