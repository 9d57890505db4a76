"""The rehearsal: one filing per granted item through the whole loop, over HTTP alone."""
