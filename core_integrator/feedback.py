"""Takes a verdict: stores it first, passes it on to the module that made the thing after."""

import hashlib
from typing import Any

import structlog

from core_integrator.calls import OwnMemory
from core_integrator.contracts.agent import AcceptsFeedback, Call, FeedbackReceipt, Intent, Reply
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import IntegratorError, NotFound
from core_integrator.contracts.events import FeedbackGiven, Track
from core_integrator.contracts.feedback import Verdict
from core_integrator.contracts.ports import Feedback, Generation, MemoryStore
from core_integrator.hosting import HostedModule
from core_integrator.modules import Modules
from core_integrator.running import run_guarded

log = structlog.get_logger("core_integrator.feedback")


class FeedbackDesk:
    """Where verdicts are handed in."""

    def __init__(self, modules: Modules, memory: MemoryStore, *, clock: Clock, track: Track) -> None:
        self._modules = modules
        self._memory = memory
        self._clock = clock
        self._track = track

    async def give(self, verdict: Verdict, *, user_id: str, key: str, request_id: str) -> FeedbackReceipt:
        """Store a verdict and pass it on; under the same ``key`` it counts once.

        A generator that cannot be told now does not undo what was stored: ``forwarded`` is false.

        Raises:
            NotFound: The generation is unknown or another user's.
            StorageUnavailable: Nothing was stored.
        """
        generation = await self._memory.generation(verdict.generation_id, user_id=user_id)
        if generation is None:
            raise NotFound("generation")
        feedback = self._feedback(verdict, user_id, key)
        new_score = await self._memory.add_feedback(feedback)
        forwarded = await self._forward(verdict, generation, user_id, key, request_id)
        if forwarded:
            await self._memory.mark_forwarded(feedback.id)
        self._track(FeedbackGiven(generation.module, feedback.score, forwarded))
        return FeedbackReceipt(generation.id, stored=True, forwarded=forwarded, new_score=new_score)

    def _feedback(self, verdict: Verdict, user_id: str, key: str) -> Feedback:
        return Feedback(
            id="fbk_" + hashlib.sha256(key.encode()).hexdigest()[:32],
            generation_id=verdict.generation_id,
            user_id=user_id,
            created_at=self._clock.now(),
            score=verdict.score(),
            command=verdict.command,
            rating=verdict.rating,
            comment=verdict.comment,
        )

    async def _forward(
        self, verdict: Verdict, generation: Generation, user_id: str, key: str, request_id: str
    ) -> bool:
        module = self._modules.hosted.get(generation.module)
        if module is None or not isinstance(module.agent, AcceptsFeedback):
            return False
        own = OwnMemory(
            self._memory, self, module=module.name, user_id=user_id, key=key, request_id=request_id
        )
        call = Call(module.name, "feedback", user_id, request_id, key, self._clock.now, new_id, own)
        try:
            await run_guarded(module, _passing_on(module, generation), verdict, call)
        except IntegratorError as error:
            log.warning("feedback.not_forwarded", module=module.name, code=error.code, request_id=request_id)
            return False
        return True


def _passing_on(module: HostedModule, generation: Generation) -> Intent[Any]:
    async def pass_on(verdict: Verdict, call: Call) -> Reply:
        assert isinstance(module.agent, AcceptsFeedback)  # noqa: S101 - looked at by the only caller
        await module.agent.accept_feedback(verdict, generation, call)
        return Reply("passed on")

    return Intent(Verdict, pass_on)
