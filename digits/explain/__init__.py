"""Explains one prediction in numbers.

Belongs here: computations of cells, attributions, perturbations, neighbours, gradient steps.
Does not: pictures, or sentences for people.
"""
