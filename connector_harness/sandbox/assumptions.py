"""What the sandbox assumes where the Connector API leaves a question open.

``python -m connector_harness.sandbox.assumptions FILE`` writes the table of them into a page.
"""

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from itertools import dropwhile
from pathlib import Path
from typing import Annotated, Literal, get_type_hints


class AssumptionsError(Exception):
    """What is to be assumed cannot be; the message says all that is wrong and what to do."""


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The chosen answer to every question that the API leaves open and endpoints differ in.

    The words beside a type are the question and its section of the API facts.
    """

    missing_version_refused: Annotated[bool, "Is a call without `v` refused (404)?", "§4.1"] = True
    version_error_code: Annotated[int, "`errorCode` of the 404 for another `v`", "§16"] = 40401
    version_before_tokens: Annotated[bool, "Is `v` judged before the tokens?", "§4.1"] = True
    app_token_before_consumer_token: Annotated[
        bool, "Is the app token judged before the consumer token?", "§10.1"
    ] = True
    content_type_required: Annotated[
        bool, "Is a body of another media type refused (400 `Bad Request`)?", "§4.1"
    ] = True
    brand_error_status: Annotated[int, "Status for a missing or foreign `brandId`", "§16"] = 400
    claims_error_status: Annotated[int, "Status for wrong app token claims", "§10.1"] = 401
    empty_text_accepted: Annotated[bool, "Is an empty message text accepted?", "§5.4"] = True
    null_means_absent: Annotated[
        bool, "May an optional member other than `ttrDefName` be null?", "§4.6"
    ] = False
    open_while_survey_runs: Annotated[bool, "Is a conversation open in its survey?", "§4.9"] = True
    sign_in_failure_status: Annotated[int, "Status of `invalid_client` at Sentinel", "§16"] = 401
    unknown_account_status: Annotated[int, "Discovery status for an unknown account", "§1"] = 401
    unknown_service_status: Annotated[int, "Discovery status for an unknown service", "§1"] = 400
    temp_url_key: Annotated[
        str, "Key of the HMAC-SHA1 over method, expiry and path in a file's address", "§7"
    ] = "sandbox-swift-key"
    unknown_sequences_accepted: Annotated[
        bool, "May a receipt name events that the dialog does not have?", "§5.7"
    ] = True
    survey_announced_on: Annotated[
        Literal["create", "close", "either"],
        "Call that must announce `MULTI_DIALOG`: `create`, `close` or `either`",
        "§16",
    ] = "either"
    survey_while_unassigned: Annotated[
        bool, "Does a survey follow after a transfer that no agent has taken up?", "§6.4"
    ] = True
    survey_question: Annotated[str, "What a survey asks if nothing was configured", "§6.4"] = (
        "How satisfied were you with this conversation?"
    )
    most_fields: Annotated[
        int, "Most fields that one `cm.UpdateConversationField` may change", "§6.1"
    ] = 1
    csat_after_close_accepted: Annotated[bool, "May a closed conversation be rated?", "§6.2"] = True
    field_updated_text: Annotated[
        str, "`msg` of the answer to a rating or another response time", "§6.3"
    ] = "OK Conversation field updated successfully"
    requested_skill_shown: Annotated[bool, "Does the `skillId` asked for count?", "§9.8"] = True
    requested_ttr_shown: Annotated[bool, "Does the `ttrDefName` asked for count?", "§9.8"] = True
    response_time_s: Annotated[int, "`ttr.value`, whatever `ttrDefName` is", "§9.8"] = 600
    message_restarts_ttr: Annotated[
        bool, "Does a consumer's message restart `effectiveTTR`?", "§9.8"
    ] = True
    audience_of_receipts: Annotated[
        bool, "Do receipts and typing carry `messageAudience`?", "§9.7"
    ] = False
    auto_message: Annotated[
        str, "What the controller says to a conversation with `AUTO_MESSAGES`", "§4.10"
    ] = "Thank you for your message. Somebody will be with you shortly."
    first_webhook: Annotated[
        Literal["before", "after", "either"],
        "Does a call's first webhook go out `before` or `after` its answer? `either` takes turns",
        "§16",
    ] = "after"
    webhook_content_type: Annotated[str, "`Content-Type` of a webhook", "§16"] = "application/json"
    webhook_user_agent_sent: Annotated[bool, "Does a webhook carry a `User-Agent`?", "§16"] = False
    webhook_timeout_s: Annotated[
        float, "Seconds an app has to connect, and to answer (older pages: 10)", "§9.2"
    ] = 5
    webhook_activation_s: Annotated[
        float, "Seconds until a subscription works, documented as up to 120", "§9.1"
    ] = 0
    messaging_rest_served: Annotated[bool, "Is the Messaging REST API served?", "§15.1"] = True
    sequence_above_newest_refused: Annotated[
        bool, "Is `newerThanSequence` above the newest stored sequence refused (400)?", "§15.1"
    ] = True
    history_delay_s: Annotated[
        float, "Seconds by which the history is late, documented as up to 60", "§15.2"
    ] = 0
    history_accepts_app_token: Annotated[
        bool, "Does the history search let in a connector, with its app token?", "§15.2"
    ] = False


def read_assumptions(given: Sequence[str] = (), *, file: Path | None = None) -> Assumptions:
    """Return what is assumed, as a TOML file and texts ``name=value`` say; these win.

    Raises:
        AssumptionsError: The file cannot be read, or a name or a value is none.
    """
    if not given and file is None:
        return Assumptions()
    # Loaded only where something is said: a sandbox that assumes the usual starts without it.
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    try:
        in_file = {} if file is None else tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise AssumptionsError(
            f"assumptions cannot be read: {exc}\n  at: {file}\n  next: give a file of TOML"
        ) from None
    pairs = (each.partition("=") for each in given)
    values = {**in_file, **{name: value for name, _, value in pairs}}
    known = [each.name for each in fields(Assumptions)]
    faults = [
        f"  at: {name!r} is not known; close: {', '.join(get_close_matches(name, known)) or 'none'}"
        for name in values
        if name not in known
    ]
    try:
        assumptions = TypeAdapter(Assumptions).validate_python(values)
    except ValidationError as exc:
        errors = exc.errors()
        faults += [f"  at: {each['loc'][0]} is {each['input']!r}: {each['msg']}" for each in errors]
    if faults:
        what = f"{len(faults)} assumption(s) cannot be made"
        raise AssumptionsError("\n".join([what, *faults, "  next: see docs/sandbox.md for all"]))
    return assumptions


def as_markdown(assumptions: Assumptions) -> str:
    """Return the assumptions as a Markdown table, one row each, with a line end.

    Shape: columns name, question, chosen value, section of the API facts.
    """
    lines = ["| name | question | sandbox | API facts |", "| --- | --- | --- | --- |"]
    for name, annotation in get_type_hints(Assumptions, include_extras=True).items():
        (question, section), value = annotation.__metadata__, getattr(assumptions, name)
        shown = str(value).lower() if isinstance(value, bool) else value
        lines.append(f"| `{name}` | {question} | {shown} | {section} |")
    return "\n".join(lines) + "\n"


def write_table(page: Path) -> None:
    """Put the table of what is usually assumed into *page*, in place of the one that is there."""
    text = page.read_text(encoding="utf-8")
    before, _, after = text.partition("| name | question |")
    rest = "".join(
        dropwhile(lambda line: line.startswith("|"), f"|{after}".splitlines(keepends=True))
    )
    page.write_text(f"{before}{as_markdown(Assumptions())}{rest}", encoding="utf-8")


if __name__ == "__main__":
    write_table(Path(sys.argv[1]))
