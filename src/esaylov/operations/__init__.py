"""What an operator does with whole elections: load, replay, reconcile."""
