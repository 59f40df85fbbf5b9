"""The end of a run: outputs, the audit for leaks, what could not be written.

Here belongs what happens once, after the last scenario.
"""
