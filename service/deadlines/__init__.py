"""Calendar, terms, clocks and their ladder: when something is due, and why then."""
