"""What machines say of themselves: sockets, services, space."""
