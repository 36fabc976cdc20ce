"""Registers of the state: where extracts come from, how old they are, and what happens while a register is silent."""
