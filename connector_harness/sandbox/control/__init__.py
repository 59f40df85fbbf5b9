"""The control routes: the agent's side, webhooks, clock, faults, and what the sandbox holds.

Here belongs what tests may do and no client of the API can; it imports `api` and what that may
import.
"""
