"""Callbacks that follow a training: progress, snapshots, frames, trackers, remote control.

Belongs here: one `TrainingCallback` a file.
Does not belong here: anything that changes what is trained.
"""
