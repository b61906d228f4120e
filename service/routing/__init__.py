"""Who receives a complaint, who handles it, and why."""
