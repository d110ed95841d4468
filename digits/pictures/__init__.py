"""Draws PNG and GIF pictures of results.

Belongs here: charts, annotated images, the pictures of every layer.
Does not belong here: computing anything about a network. Numbers come in finished.
"""
