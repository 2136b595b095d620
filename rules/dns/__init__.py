"""Keys that encrypt everything else, and how old they get."""
