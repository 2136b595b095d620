"""People and programs that sign in, and what they sign in with."""
