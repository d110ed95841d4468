"""Resources shared between requests: loaded models, the request queue, incremental tasks.

Belongs here: loading and scheduling.
Does not belong here: request parsing or response formats (`server.api`).
"""
