"""Projects in which the files of the documentation run."""

from tests.plugin.conftest import project

__all__ = ["project"]
