"""A dialog as a whole: its messages by number, and what its numbers tell."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from connector_harness.receiver.notification import Change
from connector_harness.wording.roles import who

_MOST_GAPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class DialogLine:
    """One message of a dialog, with its number there.

    Who is ``"shopper"``, ``"agent"``, ``"robot"``, ``"manager"`` or ``"reader"``; what is the
    text, ``[file] caption``, or ``[card]`` with its texts.
    """

    who: str
    what: str
    number: int


class DialogTranscript:
    """One dialog, read from the changes of its conversation in the order of their arrival.

    Events come more than once and late; every number counts by its first delivery. The main dialog
    has the id of its conversation.
    """

    def __init__(self, changes: Iterable[Change], dialog_id: str) -> None:
        """Read the dialog's numbered events."""
        self._by_number: dict[int, list[Change]] = defaultdict(list)
        for change in changes:
            if change.dialog_id == dialog_id and change.sequence is not None:
                self._by_number[change.sequence].append(change)

    @property
    def messages(self) -> list[DialogLine]:
        """The messages, by number; receipts have numbers too, but are none."""
        return [
            DialogLine(_who(each[0]), each[0].text, number)
            for number, each in sorted(self._by_number.items())
            if each[0].is_content
        ]

    def gaps(self) -> list[int]:
        """Return the numbers from 0 to the last that never came; receipts fill theirs."""
        last = max(self._by_number, default=-1)
        missing = (number for number in range(last) if number not in self._by_number)
        # A wild number must not make a list that fills the memory.
        return list(islice(missing, _MOST_GAPS))

    def duplicates(self) -> list[int]:
        """Return the numbers that were delivered more than once, sorted."""
        return sorted(number for number, each in self._by_number.items() if len(each) > 1)

    def out_of_order(self) -> list[int]:
        """Return the numbers that first came after a higher one, in the order they came."""
        highest, late = -1, []
        for number in self._by_number:
            if number < highest:
                late.append(number)
            highest = max(highest, number)
        return late


def _who(change: Change) -> str:
    return who(change.role, in_survey=change.dialog_id != change.conversation_id)
