"""The web page and its languages.

Belongs here: what renders `templates/`.
Does not: JSON (`server.api`).
"""
