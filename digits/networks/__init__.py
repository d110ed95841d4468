"""Architectures, checkpoints, calibration, the OOD head, and fused inference.

Belongs here: PyTorch modules, and what is stored with their weights.
Does not: pictures, datasets, training.
"""
