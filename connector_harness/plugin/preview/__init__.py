"""What scenarios would send, without sending it.

Here belongs what only ``--preview`` needs.
"""
