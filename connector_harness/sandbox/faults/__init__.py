"""What goes wrong on purpose, and how an answer is broken.

Here belong the faults that calls can have; it imports `http`.
"""
