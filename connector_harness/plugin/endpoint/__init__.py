"""The endpoint under test: chosen, started or reached, and its agent.

Here belongs what must be so before the first scenario.
"""
