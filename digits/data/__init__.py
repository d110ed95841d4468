"""MNIST: fetching and verifying it, the part that ships with the project, batches and augmentation.

Belongs here: everything that yields labelled digits as tensors.
Does not: networks, or digits drawn by code (`synthesis`).
"""
