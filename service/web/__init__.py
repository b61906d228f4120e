"""Pages for people. A page has no rule of its own: it calls the operations and schemas that the API calls."""
