"""The Connector API locally, as it is documented to behave.

Here belongs no code of the client's side: nothing of ours is imported. `server` starts a sandbox in
a process of its own and is all that others may import; `assumptions` holds what the documentation
leaves open. From below: `http`, `state`, `rules` and `faults`, `webhooks`, `api`, `control`, `web`.
"""
