"""Rules on the code that owns what runs."""
