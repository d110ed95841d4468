"""Trains a network: from a recipe to a checkpoint.

Belongs here: recipes, batches, the loop, the resumable run, the pipeline.
Does not belong here: terminal or HTTP. Progress goes to `callbacks`.
"""
