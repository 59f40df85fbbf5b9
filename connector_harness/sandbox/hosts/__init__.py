"""Where the sandbox listens: hosts, certificates, and the way to another endpoint.

Here belongs what opens sockets; it imports everything that it serves.
"""
