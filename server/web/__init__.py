"""The web page and its languages.

Belongs here: rendering of `templates/`.
Does not belong here: JSON (`server.api`).
"""
