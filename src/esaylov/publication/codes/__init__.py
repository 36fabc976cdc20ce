"""Short codes on pictures and printed protocols, and the check of a protocol in the reader's own browser."""
