"""Measures a network on labelled digits.

Belongs here: metrics, corruptions, and reports over a dataset.
Does not belong here: explaining one prediction (`explain`), or drawing charts (`pictures`).
"""
