"""Inkling's library: MNIST, the zoo of networks, training, and reading pictures of digits."""
