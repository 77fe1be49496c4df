"""Request plumbing that knows no concept of the registry."""
