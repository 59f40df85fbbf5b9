"""The trials: what is broken, and the scenarios that must not stay green."""

from dataclasses import dataclass

UNBROKEN = "unbroken"
"""The name of the folder whose scenarios meet no breakage, to show that they pass without."""


@dataclass(frozen=True)
class Trial:
    """One breakage on trial.

    Attributes:
        feature: The feature that must notice it.
        titles: How the titles of the scenarios begin that are enough for that.
    """

    feature: str
    titles: tuple[str, ...]


def _trial(feature: str, *titles: str) -> Trial:
    return Trial(f"features/{feature}.feature", titles)


IN_THE_SANDBOX = {
    "message_is_dropped": _trial("messages/writing", "The first message takes"),
    "first_message_is_dropped": _trial("conversations/create_and_send", "A message of several"),
    "text_loses_its_signs": _trial("conversations/create_and_send", "A message in any script"),
    "numbers_start_at_1": _trial("messages/writing", "The first message takes"),
    "receipts_take_no_number": _trial("messages/receipts", "The agent has read"),
    "typing_takes_a_number": _trial("messages/typing", "Typing between two"),
    "refused_message_is_kept": _trial("closing/closing", "Nobody writes after the conv"),
    "notes_are_dropped": _trial("structured_content/notes", "A note of the longest"),
    "length_does_not_matter": _trial("messages/writing", "One character more"),
    "greeting_comes_late_too": _trial("client_features/auto_messages", "Who writes later"),
    "answers_change_places": _trial("conversations/create_and_send", "The first message opens"),
    "answer_is_for_another_command": _trial("messages/writing", "The first message takes"),
    "profile_is_not_kept": _trial("conversations/create_and_send", "What the brand knows"),
    "second_conversation_is_accepted": _trial(
        "conversations/one_open_conversation", "A second conversation"
    ),
    "second_conversation_is_refused_and_opened": _trial(
        "conversations/one_open_conversation", "A second conversation"
    ),
    "order_of_a_batch_does_not_matter": _trial("conversations/order", "The request comes before"),
    "anybody_speaks_in_a_conversation": _trial("messages/writing", "Nobody writes in another"),
    "closing_closes_nothing": _trial(
        "closing/closing", "The agent closes", "Nobody writes after the conv"
    ),
    "silence_closes_nothing": _trial("closing/closing", "Nobody writes after more than"),
    "agent_stays_after_a_transfer": _trial("agents/transferring", "The conversation moves"),
    "survey_is_for_everybody": _trial("closing/no_survey", "A shopper who met no agent"),
    "survey_is_left_out": _trial("closing/surveys", "The survey begins"),
    "survey_starts_too_early": _trial("closing/surveys", "The survey begins"),
    "bytes_of_a_file_change": _trial("files/uploading", "A file needs no caption"),
    "outdated_address_is_accepted": _trial(
        "files/addresses", "A file that comes after", "A file that is fetched after"
    ),
    "unsigned_address_is_accepted": _trial("files/addresses", "An address signed by"),
    "app_tokens_are_not_verified": _trial("sign_in/sign_in", "An unreadable app token"),
    "outdated_app_token_is_accepted": _trial("sign_in/sign_in", "A call with an outdated"),
    "consumer_tokens_are_not_verified": _trial(
        "sign_in/sign_in", "A call with an unreadable consumer"
    ),
    "wrong_version_is_accepted": _trial("sign_in/sign_in", "Version"),
    "notification_is_missing": _trial("notifications/hearing", "What the shopper says"),
    "change_is_not_told": _trial("closing/closing", "The agent closes"),
    "notification_comes_twice": _trial("messages/order", "What both sides said"),
    "notifications_are_out_of_order": _trial("messages/order", "Receipts stand between"),
    "notification_has_the_wrong_role": _trial("notifications/hearing", "What the shopper says"),
    "notification_has_another_number": _trial("notifications/hearing", "What the shopper says"),
    "notification_is_unsigned": _trial("notifications/hearing", "The connector hears that"),
    "notification_is_signed_for_another_app": _trial(
        "notifications/signing", 'An app that asks for "SHA-256 in hex"'
    ),
    "wish_for_a_signature_is_ignored": _trial(
        "notifications/signing", 'An app that asks for "SHA-256 in hex"'
    ),
    "app_is_given_up_too_early": _trial("notifications/telling_again", "After as many"),
    "app_is_told_again_too_soon": _trial("notifications/telling_again", "The app is reached"),
    "friendly_answers_count": _trial(
        "notifications/telling_again", 'An app that answers "nothing"'
    ),
}
"""Each of `sandbox_breakages`."""

IN_THE_RUN = {
    "nothing_is_said": _trial("messages/writing", "The first message takes"),
    "something_else_is_said": _trial("messages/writing", "The first message takes"),
    "nothing_was_said": _trial("messages/order", "What both sides said"),
    "nothing_was_closed": _trial("closing/closing", "Nobody writes after the conv"),
    "agent_says_nothing": _trial("agents/answering", "An agent joins and answers"),
    "nobody_joins": _trial("agents/answering", "An agent joins and answers"),
    "time_stands_still": _trial("files/addresses", "A file that comes after"),
    "app_is_not_down": _trial("notifications/telling_again", "The app is reached"),
    "signatures_are_not_checked": _trial("faults/misdelivered_notifications", "What is signed"),
}
"""Each of `run_breakages`."""

TRIALS = IN_THE_SANDBOX | IN_THE_RUN
