"""What stands around a run: whose words it takes."""
