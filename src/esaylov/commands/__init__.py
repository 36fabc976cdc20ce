"""Groups of commands of the terminal, a module each."""
