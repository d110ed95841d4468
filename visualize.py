"""Draws a digit's walkthrough of a network as pictures: python visualize.py --help"""

from digits.cli.visualize import visualize

if __name__ == "__main__":
    visualize()
