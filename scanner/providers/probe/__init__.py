"""What can be seen of machines from outside: ports, TLS, web servers; of what was just read, or a user named."""
