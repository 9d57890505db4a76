"""HTTP, events and worker roles of intake."""
