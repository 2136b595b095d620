"""The history as a local web page: read only, on this machine unless asked otherwise, and then with a token."""
