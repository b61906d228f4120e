"""What people corrected, the models that learn from it, and which of them answers."""
