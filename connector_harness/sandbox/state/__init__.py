"""What the sandbox remembers: accounts, conversations, files, tokens, times, and what was called.

Here belongs what is kept, and how it changes; it imports `http`.
"""
