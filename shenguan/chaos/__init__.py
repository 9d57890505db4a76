"""The rehearsal of failure: everything is killed, again and again, and the effects are counted."""
