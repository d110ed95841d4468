"""What runs around every request: host check, rate limit, compression, request log.

Belongs here: one concern a file, each with an `init_app`.
Does not: single calls (`server.api`).
"""
