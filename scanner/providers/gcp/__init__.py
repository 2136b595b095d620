"""Google Cloud: what is asked, how it is sent, and how its answers become facts."""
