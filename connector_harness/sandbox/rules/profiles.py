"""The rules of profiles: what a consumer's connector may say about them.

Source: API facts §4.5, §12.3.
"""

from functools import lru_cache

from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules.shapes import (
    Shape,
    array,
    by_member,
    integer,
    members,
    number,
    one_of,
    string,
)

AMR = (
    *("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin"),
    *("pwd", "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia"),
)
"""How somebody was authenticated. Source: API facts §12.3."""


@lru_cache(maxsize=8)
def profile_body(assumptions: Assumptions) -> Shape:
    """Return the shape of the body of a command that sets a profile."""

    def optional(**shapes: Shape) -> Shape:
        return members({}, shapes, null_means_absent=assumptions.null_means_absent)

    def strings(names: str) -> dict[str, Shape]:
        return dict.fromkeys(names.split(), string)

    push = optional(**strings("serviceName certName token"))
    sdes = array(_attributes(assumptions))
    return optional(
        authenticatedData=optional(lp_sdes=sdes),
        privateData=optional(pushNotificationData=push, **strings("mobileNum mail")),
        **strings("firstName lastName userId avatarUrl role backgndImgUri description"),
    )


def _attributes(assumptions: Assumptions) -> Shape:
    absent = assumptions.null_means_absent
    auth = members({}, {"amr": array(one_of(*AMR)), "iss": string}, null_means_absent=absent)
    date = members(dict.fromkeys(("day", "month", "year"), integer), {})
    customer_names = (
        "cstatus ctype customerId socialId imei userName accountName role companyBranch"
    )
    info = members(
        {},
        {
            **dict.fromkeys(customer_names.split(), string),
            "balance": number,
            "companySize": integer,
            "lastPaymentDate": date,
            "registrationDate": date,
        },
        null_means_absent=absent,
    )
    age = members({}, dict.fromkeys(("age", "year", "month", "day"), integer))
    contact = members({}, {"email": string, "phone": string}, null_means_absent=absent)
    personal = members(
        {},
        {
            **dict.fromkeys(("firstname", "lastname", "language", "company"), string),
            "gender": one_of("MALE", "FEMALE", "OTHER"),
            "age": age,
            "contacts": array(contact),
        },
        null_means_absent=absent,
    )
    kinds = {
        "ctmrinfo": members({"info": info}, {"auth": auth}),
        "personal": members({"personal": personal}, {"auth": auth}),
    }
    return by_member("type", kinds)
