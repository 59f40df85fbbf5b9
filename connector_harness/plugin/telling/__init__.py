"""The terminal: failures, the run as the spec reads, the summary.

Here belongs what people see while they wait.
"""
