"""Code around every request: host check, rate limit, compression, request log.

Belongs here: one concern a file, each with an `init_app`.
Does not belong here: single calls (`server.api`).
"""
