"""What the sandbox holds: accounts, conversations, dialogs, files, tokens, its clock.

Here belongs what is remembered; it imports `http`.
"""
