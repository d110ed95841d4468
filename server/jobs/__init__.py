"""The training job that the web page starts and follows, in a separate process.

Belongs here: parsing a training request, starting, steering and ending the process.
Does not belong here: training itself (`digits.training`).
"""
