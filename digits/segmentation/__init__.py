"""Finds the ink of each digit on a photo, in reading order.

Belongs here: the stages from a photo to separate digits.
Does not belong here: networks. The classifier comes in as a function.
"""
