"""Schemas by name, the differences of documents, and what of the contract has been exercised.

Here belongs what judges documents by the schemas; it imports the redaction and the wording.
"""
