"""Registering, signing in, going on, signing out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from core_integrator.api.answers import CONFLICT, Responses
from core_integrator.api.auth.asking import Account, From, TheIdentities
from core_integrator.api.auth.bodies import Message, Refresh, Registered, SignIn, TokenAnswer
from core_integrator.api.strict_body import body_of, described
from security.identities.enrolment import Registration
from security.identities.entrance import Grant
from security.tokens import LIFETIME_S

router = APIRouter()

UNVERIFIED: Responses = {403: {"description": "The e-mail address is not verified."}}


@router.post(
    "/register",
    summary="Make an account",
    responses={202: {"model": Registered}, **CONFLICT},
    openapi_extra=described(Registration),
)
async def register(
    wish: Annotated[Registration, Depends(body_of(Registration))],
    identities: TheIdentities,
    origin: From,
    response: Response,
) -> TokenAnswer | Registered:
    """Add an account and sign its user in; 202 without tokens where the address must be verified first."""
    user, grant = await identities.entrance.register(wish, origin)
    if grant is not None:
        return _tokens(grant)
    response.status_code = 202
    return Registered(user_id=user.id, message="a mail says how to verify the address; then sign in")


@router.post("/login", summary="Sign in", responses=UNVERIFIED, openapi_extra=described(SignIn))
async def login(
    sign_in: Annotated[SignIn, Depends(body_of(SignIn))], identities: TheIdentities, origin: From
) -> TokenAnswer:
    """Begin a session; the same answer whether the account or the password is wrong."""
    password = sign_in.password.get_secret_value()
    return _tokens(await identities.entrance.login(sign_in.email, password, origin))


@router.post("/refresh", summary="Go on with a session", openapi_extra=described(Refresh))
async def refresh(
    wish: Annotated[Refresh, Depends(body_of(Refresh))], identities: TheIdentities, origin: From
) -> TokenAnswer:
    """Spend a refresh token on the next tokens; one that was spent before ends the session."""
    return _tokens(await identities.entrance.refresh(wish.refresh_token.get_secret_value(), origin))


@router.post("/logout", summary="Sign out")
async def logout(principal: Account, identities: TheIdentities, origin: From) -> Message:
    """End the session; all its tokens are refused from now on."""
    await identities.entrance.logout(principal, origin)
    return Message(message="signed out")


def _tokens(grant: Grant) -> TokenAnswer:
    return TokenAnswer(
        access_token=grant.access_token,
        expires_in=LIFETIME_S,
        user_id=grant.user_id,
        refresh_token=grant.refresh_token,
    )
