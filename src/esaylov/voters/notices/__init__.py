"""Nobody leaves the list without notice: who is to be removed, until when they may object, who told them (Art. 29, 30)."""
