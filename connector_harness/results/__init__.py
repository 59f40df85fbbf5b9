"""The record of a run, and its files: written, read, merged, compared.

Here belongs what knows the files of a results folder; it imports Gherkin, the contract,
the redaction, and of the client what an exchange is.
"""
