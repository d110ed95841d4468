"""The training job that the web page starts and follows, in a process of its own.

Belongs here: parsing a training request, starting, steering and ending the process.
Does not: training itself (`digits.training`).
"""
