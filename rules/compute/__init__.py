"""Machines: how they sign in to the cloud, and whether the internet sees them."""
