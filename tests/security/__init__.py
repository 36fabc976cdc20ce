"""What attackers tried."""
