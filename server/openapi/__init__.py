"""The contract of the HTTP API, as served by `/openapi.json`.

Belongs here: the description, and what fills in its run-time parts.
Does not: the calls themselves (`server.api`).
"""
