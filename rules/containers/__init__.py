"""Clusters of containers, and who reaches what commands them."""
