"""The calls that steer the sandbox: agent, clock, faults, webhooks.

Here belongs what only a sandbox has; it imports everything that it steers.
"""
