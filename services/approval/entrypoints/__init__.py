"""HTTP, events, worker roles, wiring."""
