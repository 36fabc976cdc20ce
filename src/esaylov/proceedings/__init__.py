"""How commissions work: sessions and decisions, applications, letters (README.md)."""
