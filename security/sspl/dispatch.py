"""Which form of signature a request carries.  One only: a second one could be what somebody else reads."""

from typing import Literal

from core_integrator.contracts.errors import SignatureMalformed, SignatureMissing, SignatureUnsupported
from security.sspl.fields import Fields

Form = Literal["v3", "v2", "legacy"]

_V3 = frozenset({"signature", "signature-input"})
# Not x-sspl-subject: v3 may cover it.
_X_SSPL = frozenset(
    {
        "x-sspl-version",
        "x-sspl-timestamp",
        "x-sspl-nonce",
        "x-sspl-key-id",
        "x-sspl-signature",
        "x-sspl-pubid",
        "x-sspl-public-key",
    }
)


def form_of(fields: Fields) -> Form:
    """Return the form; without ``X-SSPL-Version`` the other headers of that family mean the old one.

    Raises:
        SignatureMissing: The request is not signed.
        SignatureMalformed: It carries two forms.
        SignatureUnsupported: ``X-SSPL-Version`` is not 2.
    """
    v3, x_sspl = not _V3.isdisjoint(fields), not _X_SSPL.isdisjoint(fields)
    if v3 and x_sspl:
        raise SignatureMalformed("the request carries two forms of signature")
    if v3:
        return "v3"
    if not x_sspl:
        raise SignatureMissing("the request is not signed")
    version = fields.get("x-sspl-version")
    if version is None:
        return "legacy"
    if version != "2":
        raise SignatureUnsupported("X-SSPL-Version has to be 2")
    return "v2"
