"""Tables, rows and the events told of them."""
