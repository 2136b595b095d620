"""The built-in pack: one file per rule, by subject and never by cloud."""
