"""Events in and out of a service's own database: outbox, relay, inbox, consumer, dead letters.

Knows no word of the business. Nothing here waits for the broker inside a decision's
transaction; `docs/` tells the path of one event.
"""
