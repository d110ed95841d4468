"""Reads digits: `DigitClassifier` for one 28×28 image, `PageReader` for a whole photo, and their results.

Belongs here: the way from prepared ink to predictions.
Does not: finding ink (`segmentation`), or explaining a prediction (`explain`).
"""
