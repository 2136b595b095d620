"""Every run's verdicts in a database: since when a finding is there, when it was fixed, and what nobody looked at."""
