"""HTTP, events and processes."""
