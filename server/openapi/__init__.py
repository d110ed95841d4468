"""The contract of the HTTP API, served as `/openapi.json`.

Belongs here: the contract, and the code that fills in its run-time parts.
Does not belong here: the calls themselves (`server.api`).
"""
