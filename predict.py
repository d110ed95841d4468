"""Reads digits on pictures: python predict.py --help"""

from digits.cli.predict import predict

if __name__ == "__main__":
    predict()
