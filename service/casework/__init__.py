"""What people and time do to a filed complaint."""
