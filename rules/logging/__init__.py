"""Records of who did what."""
