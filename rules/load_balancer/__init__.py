"""Load balancers: what they accept from clients, and whether anybody is there to answer."""
