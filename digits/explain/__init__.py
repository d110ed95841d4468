"""Explains one prediction in numbers.

Belongs here: computations of cells, attributions, perturbations, neighbours, gradient steps.
Does not belong here: pictures, or sentences for people.
"""
