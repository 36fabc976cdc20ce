"""Pages of signing in, of one's own account, of recovery and of administration."""
