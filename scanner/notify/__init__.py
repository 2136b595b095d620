"""What is pushed to others: with a client and credentials of its own, never those of the scan."""
