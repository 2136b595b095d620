"""Who can reach what: firewalls and the networks behind them."""
