"""More than one process: signals, orphans, a folder they share, what workers report last.

Here belongs what knows pytest-xdist; it imports the options alone.
"""
