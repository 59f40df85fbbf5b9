"""Which commands, refusals and notifications of the contract have been exercised.

Here belongs what counts and shows that; it imports as the reports do.
"""
