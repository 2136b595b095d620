"""The clouds, each read by a provider: declared calls, and pure functions from their answers to facts."""
