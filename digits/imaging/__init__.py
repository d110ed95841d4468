"""Turns bytes into pixels, pixels into ink, and ink into a 28×28 digit image.

Belongs here: decoding of pictures, estimating ink and paper, cropping and centring.
Does not belong here: anything that knows a network, or where digits lie on a page (`segmentation`).
"""
