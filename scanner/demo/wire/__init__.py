"""A small server that answers as a cloud would, from recorded answers: for the demo, and for tests of the real SDKs."""
