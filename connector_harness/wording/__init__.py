"""What the wire means, in the words of the features: roles, changes, receipts, states, cards.

Here belongs every word that people read about what happened; it imports nothing of ours.
"""
