"""Runs: accounts read side by side, kept on the way, gone on with, joined; and whose words a run takes."""
