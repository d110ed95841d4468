"""Reads digits: `DigitClassifier` for one image, `PageReader` for a photo, and their results.

Belongs here: the steps from prepared ink to predictions.
Does not belong here: finding ink (`segmentation`), or explaining a prediction (`explain`).
"""
