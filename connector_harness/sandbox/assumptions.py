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
    temp_url_key: str = field(
        default="sandbox-swift-key",
        metadata={
            "question": "Key of the HMAC-SHA1 over method, expiry and path in a file's address",
            "section": "§7",
        },
    )
    largest_file: int = field(
        default=3 * 1024 * 1024,
        metadata={
            "question": "Largest file, 3 MB in bytes: no address for more (400), no upload (413)",
            "section": "§7",
        },
    )
    largest_preview: int = field(
        default=30 * 1024,
        metadata={
            "question": "Longest `preview`, 30 KB in characters; a longer one is refused (400)",
            "section": "§7",
        },
    )
    size_mismatch_refused: bool = field(
        default=True,
        metadata={
            "question": "Is a file of another size than declared refused when published (400)?",
            "section": "§7",
        },
    )
    caption_required: bool = field(
        default=False,
        metadata={"question": "Must a file message have a `caption`?", "section": "§7"},
    )
    schema_file_types_published: bool = field(
        default=False,
        metadata={
            "question": "May a file message name `IMG`, `TXT` or `PDF`, as the schema has them?",
            "section": "§7",
        },
    )
    foreign_download_refused: bool = field(
        default=True,
        metadata={
            "question": "Is there no address for a file that is missing or another consumer's?",
            "section": "§7",
        },
    )
    invalid_download_status: int = field(
        default=401,
        metadata={
            "question": "Status of a download whose address has ended or is not signed",
            "section": "§7",
        },
    )
    file_limit: int = field(
        default=256 * 1024 * 1024,
        metadata={
            "question": "Bytes of files kept; what exceeds them is answered with 503",
            "section": "§10.2",
        },
    )
    unknown_target_status: int = field(
        default=400,
        metadata={
            "question": "Status for an unknown `conversationId` or `dialogId` (`Bad Request`)",
            "section": "§16",
        },
    )
    foreign_conversation_error: int = field(
        default=40103,
        metadata={
            "question": "`errorCode` of the 401 for another consumer's conversation",
            "section": "§5.3",
        },
    )
    background_accepted: bool = field(
        default=False,
        metadata={
            "question": "Is `chatState` `BACKGROUND`, known from the agent SDK, accepted?",
            "section": "§5.6",
        },
    )
    unknown_sequences_accepted: bool = field(
        default=True,
        metadata={
            "question": "May a receipt name events that the dialog does not have?",
            "section": "§5.7",
        },
    )
    rich_content_by_consumer: bool = field(
        default=True,
        metadata={"question": "May a consumer publish structured content?", "section": "§5.8"},
    )
    secure_forms_by_consumer: bool = field(
        default=False,
        metadata={
            "question": "May a consumer publish the content types of secure forms?",
            "section": "§9.7",
        },
    )
    unknown_metadata_accepted: bool = field(
        default=False,
        metadata={"question": "May metadata be of a type that no page names?", "section": "§5.9"},
    )
    most_actions: int = field(
        default=4,
        metadata={
            "question": "Most actions of one `click` in structured content",
            "section": "§12.6",
        },
    )
    preview_counts: bool = field(
        default=False,
        metadata={
            "question": "Does the `preview` of a file count for the length of its command?",
            "section": "§7",
        },
    )
    closed_refuses_receipts: bool = field(
        default=True,
        metadata={
            "question": "Are typing and receipts refused once the conversation is closed?",
            "section": "§10.2",
        },
    )
    closed_dialog_like_conversation: bool = field(
        default=True,
        metadata={
            "question": "Is the main dialog refused as `Conversation is close` in a survey?",
            "section": "§6.4",
        },
    )
    survey_takes_typing: bool = field(
        default=False,
        metadata={"question": "Does the survey dialog accept typing?", "section": "§6.4"},
    )
    survey_announced_on: str = field(
        default="either",
        metadata={
            "question": "Call that must announce `MULTI_DIALOG`: `create`, `close` or `either`",
            "section": "§16",
        },
    )
    survey_while_unassigned: bool = field(
        default=True,
        metadata={
            "question": "Does a survey follow after a transfer that no agent has taken up?",
            "section": "§6.4",
        },
    )
    survey_question: str = field(
        default="How satisfied were you with this conversation?",
        metadata={
            "question": "What a survey asks where no question was configured",
            "section": "§6.4",
        },
    )
    most_fields: int = field(
        default=1,
        metadata={
            "question": "Most fields that one `cm.UpdateConversationField` may change",
            "section": "§6.1",
        },
    )
    forbidden_field_status: int = field(
        default=400,
        metadata={
            "question": "Status for a field that a consumer may not change (`Bad Request`)",
            "section": "§6.2",
        },
    )
    ttr_by_consumer: bool = field(
        default=True,
        metadata={
            "question": "May a consumer change the response time (`TTRField`)?",
            "section": "§6.2",
        },
    )
    csat_after_close_accepted: bool = field(
        default=True,
        metadata={
            "question": "May a consumer rate a conversation that is closed?",
            "section": "§6.2",
        },
    )
    closed_cause_required: bool = field(
        default=False,
        metadata={"question": "Must a `DialogChange` name its `closedCause`?", "section": "§6.2"},
    )
    field_updated_text: str = field(
        default="OK Conversation field updated successfully",
        metadata={
            "question": "`msg` of the answer to a rating or another response time",
            "section": "§6.3",
        },
    )
    double_close_refused: bool = field(
        default=True,
        metadata={
            "question": "Is closing twice refused with `Conversation is close` (400)?",
            "section": "§6.3",
        },
    )
    automatic_close_reason: str = field(
        default="SYSTEM",
        metadata={
            "question": "`closeReason` and `closedBy` of what was closed after a silent week",
            "section": "§9.8",
        },
    )
    requested_skill_shown: bool = field(
        default=True,
        metadata={
            "question": "Has a conversation the `skillId` that was asked for?",
            "section": "§9.8",
        },
    )
    requested_ttr_shown: bool = field(
        default=True,
        metadata={
            "question": "Has a conversation the `ttrDefName` that was asked for?",
            "section": "§9.8",
        },
    )
    response_time_s: int = field(
        default=600,
        metadata={
            "question": "Seconds of response time (`ttr.value`), whatever `ttrDefName` is",
            "section": "§9.8",
        },
    )
    message_restarts_ttr: bool = field(
        default=True,
        metadata={
            "question": "Does a consumer's message restart `effectiveTTR`?",
            "section": "§9.8",
        },
    )
    audience_of_receipts: bool = field(
        default=False,
        metadata={"question": "Do receipts and typing carry `messageAudience`?", "section": "§9.7"},
    )
    client_properties_echoed: bool = field(
        default=True,
        metadata={
            "question": "Are a consumer's client properties passed on with their events?",
            "section": "§8",
        },
    )
    auto_message: str = field(
        default="Thank you for your message. Somebody will be with you shortly.",
        metadata={
            "question": "What the controller says to a conversation with `AUTO_MESSAGES`",
            "section": "§4.10",
        },
    )
    dialog_limit: int = field(
        default=100_000,
        metadata={
            "question": "Events kept for a dialog; the next one is answered with 503",
            "section": "§10.2",
        },
    )
    first_webhook: str = field(
        default="after",
        metadata={
            "question": "Does a call's first webhook go out `before` or `after` its answer? "
            "`either` takes turns",
            "section": "§16",
        },
    )
    webhook_content_type: str = field(
        default="application/json",
        metadata={"question": "`Content-Type` of a webhook", "section": "§16"},
    )
    webhook_user_agent_sent: bool = field(
        default=False,
        metadata={"question": "Does a webhook carry a `User-Agent`?", "section": "§16"},
    )
    webhook_redirects_followed: bool = field(
        default=False,
        metadata={"question": "Is a webhook's redirect followed?", "section": "§9.2"},
    )
    webhook_timeout_s: float = field(
        default=5,
        metadata={
            "question": "Seconds an app has to connect, and to answer (older pages: 10)",
            "section": "§9.2",
        },
    )
    webhook_activation_s: float = field(
        default=0,
        metadata={
            "question": "Seconds until a subscription works, documented as up to 120",
            "section": "§9.1",
        },
    )
    webhook_recovered_s: float = field(
        default=4,
        metadata={
            "question": "Seconds for which an app is RECOVERED before it is UP",
            "section": "§9.4",
        },
    )
    webhook_limit: int = field(
        default=10_000,
        metadata={
            "question": "Webhooks pending for an app; one more, and the oldest is lost",
            "section": "§9.4",
        },
    )
    app_limit: int = field(
        default=100,
        metadata={
            "question": "Apps of an account that may subscribe; the next one gets 503",
            "section": "§9.1",
        },
    )
    messaging_rest_served: bool = field(
        default=True,
        metadata={
            "question": "Is the Messaging REST API listed by discovery, and served?",
            "section": "§15.1",
        },
    )
    sequence_above_newest_refused: bool = field(
        default=True,
        metadata={
            "question": "Is `newerThanSequence` above the newest stored sequence refused (400)?",
            "section": "§15.1",
        },
    )
    history_delay_s: float = field(
        default=0,
        metadata={
            "question": "Seconds by which the history is late, documented as up to 60",
            "section": "§15.2",
        },
    )
    history_accepts_app_token: bool = field(
        default=False,
        metadata={
            "question": "Does the history search let in a connector, with its app token?",
            "section": "§15.2",
        },
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
