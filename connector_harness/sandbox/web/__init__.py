"""Serves it: routes, the application, calls with faults, sockets, TLS, and the gateway.

Here belongs what knows ASGI and the network; it imports every other room of the sandbox.
"""
