"""What a connection from outside found, beside what is configured."""
