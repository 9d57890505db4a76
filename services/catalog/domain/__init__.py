"""The rules of reading a government's list; no I/O."""
