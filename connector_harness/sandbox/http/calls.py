"""One call to the sandbox, read and ready to be judged."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, QueryParams

JSON_MEDIA_TYPE = "application/json"
FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Call:
    """A request with its whole body, and what its handler finds out about the caller.

    ``consumer`` is the external consumer id, once a handler knows it.
    """

    method: str
    path: str
    path_params: dict[str, str]
    query: QueryParams
    headers: Headers
    body: bytes = field(repr=False)
    consumer: str | None = None

    @property
    def account(self) -> str:
        """The account in the path, or where that has none in a header; or an empty string.

        Source: API facts §15.1.
        """
        return self.path_params.get("account") or self.headers.get("brand-id", "")

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str]:
        """Return the members of a form body; later ones win."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))
