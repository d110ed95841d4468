"""MNIST: download, verification, the part that ships with the project, augmentation.

Belongs here: everything that yields labelled digits as tensors.
Does not belong here: networks, or digits drawn by code (`synthesis`).
"""
