"""`make run`: a PostgreSQL and a Redis of one's own, and the service above them, under one supervisor.

Nothing here imports the application: it runs before there is anything to import it against.
"""
