"""Serves it: routes, the application, calls struck by faults, sockets, TLS, and the gateway.

Here belongs what knows ASGI and the network; it imports every other room of the sandbox.
"""
