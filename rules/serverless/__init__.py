"""Functions that the cloud runs on request, and who may request it."""
