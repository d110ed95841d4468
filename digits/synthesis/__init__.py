"""Draws digits and non-digits by code, for training and for measuring.

Belongs here: generators of pictures with known labels.
Does not belong here: variations of existing digits (`data.augmentation`).
"""
