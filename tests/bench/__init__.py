"""How fast the service files, lists and classifies, and what it weighs: `make bench`, or python -m tests.bench."""
