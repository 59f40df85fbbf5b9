"""What the stranger assumes otherwise than the built-in sandbox; the documentation allows both.

Each is a row of the fact sheet's §16 and §17, in the section that the field itself names.
"""

from collections.abc import Mapping
from typing import Final

from connector_harness.sandbox.assumptions import Assumptions

OTHERWISE: Final = Assumptions(
    # §16: the order of a call's answer and its first webhook is nobody's promise.
    first_webhook="before",
    # §16: a charset may follow the media type, and a User-Agent may be there.
    webhook_content_type="application/json; charset=utf-8",
    webhook_user_agent_sent=True,
    # §9.2: older pages give an app ten seconds.
    webhook_timeout_s=10,
    # §9.7: the member is shown for messages, and not excluded for the rest.
    audience_of_receipts=True,
    # §16: what an account greets and asks with is its own.
    auto_message="Welcome! You will hear from us in a moment.",
    survey_question="Would you recommend us?",
    field_updated_text="OK Field updated",
    # §16: the number behind the 404 is not documented.
    version_error_code=40400,
    # §4.1 and §10.1: which of two faults is named first is not documented.
    version_before_tokens=False,
    app_token_before_consumer_token=False,
    # §10.1 and §16: the body says 40001; its HTTP status is 400 on one page and 401 on another.
    brand_error_status=401,
    claims_error_status=400,
    # §16: RFC 6749 allows 400 where no Authorization header was sent.
    sign_in_failure_status=400,
    # §1: 400 and 401 are both documented for discovery.
    unknown_account_status=400,
    unknown_service_status=401,
    # §9.8: what was asked for need not be what the account has.
    requested_skill_shown=False,
    requested_ttr_shown=False,
    response_time_s=1200,
    message_restarts_ttr=False,
    # §4.1: whether these are refused is not documented.
    missing_version_refused=False,
    content_type_required=False,
    null_means_absent=True,
    # §5.4, §5.7 and §6.2: accepted by one reading, refused by another.
    empty_text_accepted=False,
    unknown_sequences_accepted=False,
    most_fields=2,
    csat_after_close_accepted=False,
    # §16 and §6.4: which call must announce that a survey can be shown, and who must be there.
    survey_announced_on="create",
    survey_while_unassigned=False,
    # §7: the key of a file store is its own.
    temp_url_key="key-of-another-file-store",
)
"""What the stranger assumes."""

_SIGN_IN: Final = "features/sign_in/sign_in.feature"

REASONS: Final[Mapping[str, str]] = {
    f"{_SIGN_IN}: A call without any token is refused": "app_token_before_consumer_token",
    f"{_SIGN_IN}: A request for another brand is refused": "brand_error_status",
    f"{_SIGN_IN}: A request that names no brand is refused": "brand_error_status",
    f"{_SIGN_IN}: A wrong secret gets no app token": "sign_in_failure_status",
}
"""Why a scenario ends otherwise than on the built-in sandbox: by path and title, an assumption."""
