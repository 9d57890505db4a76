"""HTTP, worker roles, wiring."""
