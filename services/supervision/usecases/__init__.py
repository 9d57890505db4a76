"""What supervision does, one verb at a time."""
