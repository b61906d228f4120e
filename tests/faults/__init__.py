"""Everything is killed while complaints are filed, and nothing may be lost: python -m tests.faults --count 500."""
