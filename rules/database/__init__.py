"""Databases that the cloud runs."""
