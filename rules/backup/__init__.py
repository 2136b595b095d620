"""What can be restored, and how much of it would be lost."""
