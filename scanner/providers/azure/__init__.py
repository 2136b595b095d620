"""Azure: pure functions from its JSON to facts."""
