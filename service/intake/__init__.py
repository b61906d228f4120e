"""Filing: every channel ends in one transaction that understands, routes and starts the clocks."""
