"""Certificates, and when they end."""
