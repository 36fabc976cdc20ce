"""What of proceedings the cabinet's shell shows."""


def start() -> None:
    """Makes the pages known to the shell."""
