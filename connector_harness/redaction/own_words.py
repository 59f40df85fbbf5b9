"""The words that what we write is made of: a secret that is one of them cannot be masked.

Whatever masked them would take outcomes and the names of members for secrets.
"""

from typing import Final

from gherkin.dialect import DIALECTS

_OUTCOMES: Final = (
    *("passed", "failed", "broken", "skipped", "flaky", "muted", "known", "unknown", "pending"),
    *("undefined", "ambiguous", "xfailed", "xpassed", "deselected", "rerun", "warnings"),
    *("quarantine", "in quarantine", "not run", "error", "errors", "failure", "failures"),
)
_FAILURE_CLASSES: Final = (
    *("product", "contract", "authentication", "transport", "timeout", "sandbox", "spec"),
    "failureclass",
)
_MEMBERS: Final = (
    *("actual", "advice", "attachments", "befores", "afters", "binary", "children", "classname"),
    *("command", "comments", "content", "contentencoding", "contenttype", "coverage"),
    *("column", "definitions", "description", "details", "differences", "documents", "duration"),
    *("encoding", "exchanges", "excuses", "executor", "exercised", "exitcode", "expected"),
    *("extension", "feature", "features"),
    *("filename", "finished", "format", "fullname", "full_name", "gherkindocument", "headers"),
    *("historyid", "history_id", "hostname", "implementation", "is_flaky", "is_sound", "items"),
    *("keyword", "keywordtype", "labels", "language", "location", "media_type", "mediatype"),
    *("message", "messages", "method", "middle", "not exercised", "notification", "notifications"),
    *("notrun", "only in failures", "operation", "outcome", "outline", "outside", "parameters"),
    *("pattern", "phase", "pickle", "pickleid", "picklestepid", "processes", "properties"),
    *("property", "protocolversion", "reason", "reasons", "refusal", "request"),
    *("request_headers", "response", "response_headers", "results", "runtime", "scenario"),
    *("scenarios", "schema", "schemas", "seconds", "sentence", "source", "sourcereference"),
    *("stage", "start", "state", "status", "statusdetails", "stepdefinition", "steps", "success"),
    *("suite", "tables", "testcase", "testcaseid", "test_case_id", "testcasestarted"),
    *("testcasestartedid", "testcasefinished", "testrunfinished", "testrunstarted"),
    *("testrunstartedid", "tests", "teststepfinished", "teststepid", "teststepresult"),
    *("teststeps", "teststepstarted", "testsuite", "testsuites", "thread", "timestamp", "title"),
    *("titlepath", "totals", "trace", "unreachable", "value", "version", "willberetried"),
    *("commit", "problems", "versions"),
    *(
        "astnodeids",
        "attempt",
        "attempts",
        "examples",
        "exception",
        "parametertypename",
        "stacktrace",
    ),
    *("stepdefinitionids", "stepmatcharguments", "stepmatchargumentslists", "tablebody"),
    *("argument", "astnodeid", "attachment", "background", "categories", "datatable", "delimiter"),
    *("descriptionhtml", "description_html", "docstring", "doc_string", "matchedstatuses"),
    *("messageregex", "action", "context", "conjunction", "buildname"),
    *("hookid", "is_pending", "parseerror", "refused", "tableheader", "variants", "workerid"),
)
_AT_THE_TERMINAL: Final = (
    *("account", "address", "endpoint", "document", "junit", "leak audit", "open", "reports"),
    *("summary", "allure-results", "spec check"),
)

OWN_WORDS: Final = frozenset({*_OUTCOMES, *_FAILURE_CLASSES, *_MEMBERS, *_AT_THE_TERMINAL})
"""The words, in lower case."""

_KEYWORDS: Final = frozenset(
    word.strip().lower()
    for language in DIALECTS.values()
    for words in language.values()
    # What a language is called is a text.
    if isinstance(words, list)
    for word in words
)


def is_own_word(text: str) -> bool:
    """Return whether *text* is one of them, or a keyword of Gherkin, however it is spelt."""
    return text.lower() in OWN_WORDS or text.strip().lower() in _KEYWORDS
