"""x."""
import time
import pytest

def test_a(pytester):
    pytester.makepyprojecttoml('''
[tool.pytest]
strict = true
filterwarnings = ["error", "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning"]
addopts = ["-ra", "--import-mode=importlib", "-p", "connector_harness.plugin", "-p", "no:anyio", "-p","no:cacheprovider"]
''')
    pytester.makeconftest('''
from pytest_bdd import given
@given("one")
def one():
    pass
''')
    f = pytester.mkdir("features") / "a.feature"
    f.write_text("Feature: F\n  Scenario: S\n    Given one\n")
    for args in ([], ["--endpoint", "http://127.0.0.1:9"],["--co"]):
        t = time.perf_counter()
        r = pytester.runpytest_inprocess("features", *args)
        print(args, time.perf_counter() - t, r.ret)
    assert 0
