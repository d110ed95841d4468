"""The library: data, networks, training, and reading pictures of digits.

Belongs here: everything that works without a web page; one package for each subject.
Does not belong here: HTTP (`server`).
"""
