"""Architectures, checkpoints, calibration, the OOD head, and fused inference.

Belongs here: PyTorch modules, and the data stored with their weights.
Does not belong here: pictures, datasets, training.
"""
