"""What workers share between requests: loaded models, the request queue, incremental tasks.

Belongs here: loading and scheduling.
Does not: request parsing or response formats (`server.api`).
"""
