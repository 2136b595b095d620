"""Passwords and tokens that the cloud keeps, and how old they get."""
