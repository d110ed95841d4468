"""Trains a network on MNIST: python train_mnist.py --help"""

from digits.cli.train import train

if __name__ == "__main__":
    train()
