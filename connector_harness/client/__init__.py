"""The connector's side: settings, tokens, commands and calls of the Connector API."""
