"""What the sandbox assumes where the Connector API leaves a question open."""

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The chosen answer to every open question; each can be changed by name.

    Source: API facts §16 and the paragraphs marked unknown that a row names.
    """

    missing_version_refused: bool = field(
        default=True,
        metadata={
            "question": "Is a conversation call without `v` refused like a wrong one (404)?",
            "section": "§4.1",
        },
    )
    version_error_code: int = field(
        default=40401,
        metadata={"question": "`errorCode` of the 404 for another `v`", "section": "§16"},
    )
    version_before_tokens: bool = field(
        default=True,
        metadata={
            "question": "Is a wrong `v` reported before missing or invalid tokens?",
            "section": "§4.1",
        },
    )
    app_token_before_consumer_token: bool = field(
        default=True,
        metadata={
            "question": "Is the app token judged before the consumer token?",
            "section": "§10.1",
        },
    )
    content_type_required: bool = field(
        default=True,
        metadata={
            "question": "Is a body of another media type refused (400 `Bad Request`)?",
            "section": "§4.1",
        },
    )
    brand_error_status: int = field(
        default=400,
        metadata={
            "question": "HTTP status of errorCode 40001 for a missing or foreign `brandId`",
            "section": "§16",
        },
    )
    claims_error_status: int = field(
        default=401,
        metadata={
            "question": "HTTP status of errorCode 40001 for missing or wrong app token claims",
            "section": "§10.1",
        },
    )
    first_message_accepted: bool = field(
        default=True,
        metadata={
            "question": "May a third command, `ms.PublishEvent` with a text, open the dialog?",
            "section": "§16",
        },
    )
    empty_text_accepted: bool = field(
        default=True,
        metadata={"question": "Is an empty message text accepted?", "section": "§5.4"},
    )
    duplicate_ids_accepted: bool = field(
        default=True,
        metadata={"question": "May two commands of a batch have the same `id`?", "section": "§16"},
    )
    null_means_absent: bool = field(
        default=False,
        metadata={
            "question": "May an optional member other than `ttrDefName` be null?",
            "section": "§4.6",
        },
    )
    custom_ttr_accepted: bool = field(
        default=True,
        metadata={
            "question": "Is `ttrDefName` `CUSTOM`, known from older pages, accepted?",
            "section": "§4.6",
        },
    )
    longest_command: int = field(
        default=5000,
        metadata={
            "question": "Longest command, in characters of its JSON without spaces or escapes",
            "section": "§16",
        },
    )
    largest_body: int = field(
        default=1024 * 1024,
        metadata={
            "question": "Largest request body in bytes; a larger one is answered with 413",
            "section": "§10.2",
        },
    )
    deepest_body: int = field(
        default=100,
        metadata={
            "question": "Deepest nesting of a JSON body; a deeper one is answered with 400",
            "section": "§10.2",
        },
    )
    open_while_survey_runs: bool = field(
        default=True,
        metadata={
            "question": "Does a conversation whose stage is OPEN count as open in a survey?",
            "section": "§4.9",
        },
    )
    conversation_limit: int = field(
        default=100_000,
        metadata={
            "question": "Conversations kept for an account; the next one is answered with 503",
            "section": "§10.2",
        },
    )
    sign_in_failure_status: int = field(
        default=401,
        metadata={
            "question": "Status when Sentinel refuses the credentials (`invalid_client`)",
            "section": "§16",
        },
    )
    longest_consumer_id: int | None = field(
        default=None,
        metadata={"question": "Longest `ext_consumer_id`, in characters", "section": "§16"},
    )
    unknown_account_status: int = field(
        default=401,
        metadata={"question": "Discovery status for an unknown account", "section": "§1"},
    )
    unknown_service_status: int = field(
        default=400,
        metadata={"question": "Discovery status for an unknown service", "section": "§1"},
    )


def as_markdown(assumptions: Assumptions) -> str:
    """Return the assumptions as a Markdown table, one row each, with a line end.

    Shape: columns name, question, chosen value, section of the API facts.
    """
    lines = ["| name | question | sandbox | API facts |", "| --- | --- | --- | --- |"]
    for row in fields(assumptions):
        question, section = row.metadata["question"], row.metadata["section"]
        value = _shown(getattr(assumptions, row.name))
        lines.append(f"| `{row.name}` | {question} | {value} | {section} |")
    return "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    words = {True: "yes", False: "no", None: "unlimited"}
    if isinstance(value, bool) or value is None:
        return words[value]
    return str(value)
