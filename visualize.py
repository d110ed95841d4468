"""Draw the whole way of one digit through a network: python visualize.py --help"""

from digits.cli.visualize import visualize

if __name__ == "__main__":
    visualize()
