"""Everything people look at: desks over the REST API, public pages, the board fed by events."""
