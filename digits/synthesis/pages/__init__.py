"""Composes photographed pages of handwritten digits whose labels are known.

Belongs here: layout, paper, light, and camera effects.
Does not belong here: reading pages (`recognition`).
"""
