"""Why a scenario failed: class, sentence, reason, last exchange, advice.

Here belongs what makes a failure readable.
"""
