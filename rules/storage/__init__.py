"""Where data lies: buckets, volumes and snapshots."""
