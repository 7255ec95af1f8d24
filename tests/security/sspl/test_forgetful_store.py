"""A nonce store that lost its memory: every nonce looks free, so what was signed before is refused."""

import pytest

from tests.security.sspl.serving import Hub, send
from tests.security.sspl.signing import Call, canonical, legacy, post, v2, v3
from tests.security.sspl.stores import NOW, moment

CORE = {"module": "finance", "intent": "generate", "user_id": "user_123", "data": {}}


@pytest.mark.parametrize("sign", [v2, v3])
def test_what_was_signed_before_the_loss_is_refused(hub: Hub, sign) -> None:
    """It may be a replay; signed anew, it passes."""
    before: Call = sign(post(CORE), created=NOW - 10)
    assert send(hub, before).status == 200
    hub.nonces.spent.clear()
    hub.nonces.since = moment(NOW - 5)

    assert send(hub, before).code == "sspl_timestamp_stale"
    assert send(hub, sign(post(CORE), created=NOW - 4)).status == 200


def test_a_store_that_may_forget_lets_no_l1_in(hub: Hub) -> None:
    """Whoever copies an L1 request may give it a new time, so the time says nothing."""
    request = legacy(post(CORE), canonical(CORE))
    assert send(hub, request).status == 200
    hub.nonces.spent.clear()
    hub.nonces.since = moment(NOW - 5)

    assert send(hub, request).code == "sspl_legacy_disabled"
