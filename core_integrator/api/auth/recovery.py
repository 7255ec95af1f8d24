"""A forgotten password, an address to verify."""

from typing import Annotated

from fastapi import APIRouter, Depends

from core_integrator.api.auth.asking import From, TheIdentities
from core_integrator.api.auth.bodies import LostPassword, Message, ResetPassword, VerifyEmail
from core_integrator.api.strict_body import body_of, described

router = APIRouter()


@router.post("/lost-password", summary="Ask for a new password", openapi_extra=described(LostPassword))
async def lost_password(
    wish: Annotated[LostPassword, Depends(body_of(LostPassword))], identities: TheIdentities, origin: From
) -> Message:
    """Send a ticket if the address is an account's; the answer is always the same."""
    await identities.recovery.lost_password(wish.email, origin)
    return Message(message="if there is such an account, a mail is on its way")


@router.post("/reset-password", summary="Set a new password", openapi_extra=described(ResetPassword))
async def reset_password(
    wish: Annotated[ResetPassword, Depends(body_of(ResetPassword))], identities: TheIdentities, origin: From
) -> Message:
    """Set a new password by ticket; every session of the account ends."""
    ticket, password = wish.token.get_secret_value(), wish.new_password.get_secret_value()
    await identities.recovery.reset_password(ticket, password, origin)
    return Message(message="the password is set; sign in")


@router.post("/verify-email", summary="Verify an address", openapi_extra=described(VerifyEmail))
async def verify_email(
    wish: Annotated[VerifyEmail, Depends(body_of(VerifyEmail))], identities: TheIdentities, origin: From
) -> Message:
    """Take a ticket as proof that its holder reads the account's mail."""
    await identities.recovery.verify_email(wish.token.get_secret_value(), origin)
    return Message(message="the address is verified; sign in")
