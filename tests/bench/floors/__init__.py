"""What the machine could do at best with the same work: raw drivers, no HTTP, no framework."""
