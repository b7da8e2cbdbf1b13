"""What programs written for the original do with a server."""
