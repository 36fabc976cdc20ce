"""The pages around the results: what an election is, how the count works, where the data are."""
