"""The board of the loop, on a read model of its own."""
