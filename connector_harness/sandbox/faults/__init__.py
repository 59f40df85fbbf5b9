"""What goes wrong on purpose, and how an answer is broken.

Here belong the faults of calls; it imports `http`.
"""
