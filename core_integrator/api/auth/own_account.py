"""What users see and change of their own account."""

from typing import Annotated

from fastapi import APIRouter, Depends

from core_integrator.api.answers import CONFLICT
from core_integrator.api.auth.asking import Account, From, Reader, TheIdentities
from core_integrator.api.auth.bodies import (
    ChangePassword,
    DayUsage,
    Message,
    Profile,
    ProfileChange,
    Setting,
    Usage,
    profile_of,
)
from core_integrator.api.strict_body import body_of, described
from core_integrator.contracts.accounts import UserSetting
from security.identities.preferences import ALLOWANCES

router = APIRouter()

_DAYS = 30


@router.get("/profile", summary="Who I am")
async def profile(principal: Reader, identities: TheIdentities) -> Profile:
    """Return the account of whoever asks."""
    return profile_of(await identities.own_account.profile(principal))


@router.put("/profile", summary="Change my names", responses=CONFLICT, openapi_extra=described(ProfileChange))
async def change_profile(
    wish: Annotated[ProfileChange, Depends(body_of(ProfileChange))],
    principal: Account,
    identities: TheIdentities,
) -> Profile:
    """Change names; what is left out stays."""
    changed = await identities.own_account.rename(principal, username=wish.username, full_name=wish.full_name)
    return profile_of(changed)


@router.post(
    "/change-password",
    summary="Change my password",
    responses=CONFLICT,
    openapi_extra=described(ChangePassword),
)
async def change_password(
    wish: Annotated[ChangePassword, Depends(body_of(ChangePassword))],
    principal: Account,
    identities: TheIdentities,
    origin: From,
) -> Message:
    """Set a new password; every other session ends."""
    current, new = wish.current_password.get_secret_value(), wish.new_password.get_secret_value()
    await identities.own_account.change_password(principal, current, new, origin)
    return Message(message="the password is changed")


@router.get("/settings", summary="My settings")
async def settings(principal: Reader, identities: TheIdentities) -> list[Setting]:
    """Return every setting, the defaults among them."""
    found = await identities.preferences.of_user(principal)
    return [Setting(key=each.key, value=each.value, value_type=each.value_type) for each in found]


@router.put("/settings", summary="Change a setting", responses=CONFLICT, openapi_extra=described(Setting))
async def change_setting(
    wish: Annotated[Setting, Depends(body_of(Setting))], principal: Account, identities: TheIdentities
) -> Setting:
    """Keep a setting; its value must be of its type."""
    await identities.preferences.put(principal, UserSetting(wish.key, wish.value, wish.value_type))
    return wish


@router.get("/usage-stats", summary="How much I call")
async def usage_stats(principal: Reader, identities: TheIdentities) -> Usage:
    """Return the calls of modules by day, and what is allowed."""
    today = identities.today()
    days = await identities.usage(principal)
    found = await identities.preferences.of_user(principal)
    this_month = [calls for day, calls in days.items() if (day.year, day.month) == (today.year, today.month)]
    return Usage(
        user_id=principal.id,
        calls_today=days.get(today, 0),
        calls_this_month=sum(this_month),
        calls_total=sum(days.values()),
        limits={each.key: each.value for each in found if each.key in ALLOWANCES},
        days=[DayUsage(date=day.isoformat(), calls=days[day]) for day in sorted(days)[-_DAYS:]],
    )
