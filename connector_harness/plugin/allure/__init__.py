"""Allure's side of pytest: results while scenarios run, and ordinary tests beside them.

Here belongs what listens to allure-pytest.
"""
