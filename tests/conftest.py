"""What the tests of several packages need: pytest run inside pytest."""

pytest_plugins = ["pytester"]
