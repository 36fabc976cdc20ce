"""The check from door to door: members of precinct commissions compare their list with who lives there (Art. 28)."""
