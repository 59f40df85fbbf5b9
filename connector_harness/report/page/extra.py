"""A section of the document that another module makes, such as the coverage."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Extra:
    """A section between the numbers and the scenarios.

    Attributes:
        id: What links to it name.
        title: Its heading.
        html: What stands below it, safe to be shown as it is.
    """

    id: str
    title: str
    html: Markup
