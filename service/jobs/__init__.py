"""Work that happens after the answer: rows in the outbox, rung through RQ, run once in effect."""
