"""Outputs, each a function of spec and record.

Here belongs what people and their tools read about a run; each output can be deleted without
touching another. It imports the results, the contract, Gherkin and the wording.
"""
