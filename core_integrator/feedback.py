"""Takes a verdict: stores it first, passes it on to the module that made the thing after."""

import hashlib
from typing import Any

import structlog

from core_integrator.calls import OwnMemory
from core_integrator.contracts.agent import AcceptsFeedback, Call, FeedbackReceipt, Intent, Reply
from core_integrator.contracts.clock import Clock, new_id
from core_integrator.contracts.errors import IntegratorError, ModuleUnavailable, NotFound
from core_integrator.contracts.events import FeedbackGiven, Track
from core_integrator.contracts.feedback import Verdict
from core_integrator.contracts.ports import Feedback, Generation, MemoryStore
from core_integrator.hosting import HostedModule
from core_integrator.modules import Modules
from core_integrator.running import run_guarded

log = structlog.get_logger("core_integrator.feedback")


class NobodyTakesIt(Exception):
    """The module that made the generation passes no verdicts on."""


class FeedbackDesk:
    """Where verdicts are handed in."""

    def __init__(self, modules: Modules, memory: MemoryStore, *, clock: Clock, track: Track) -> None:
        self._modules = modules
        self._memory = memory
        self._clock = clock
        self._track = track

    async def give(self, verdict: Verdict, *, user_id: str, key: str, request_id: str) -> FeedbackReceipt:
        """Store a verdict and pass it on; under the same ``key`` it counts once.

        A generator that cannot be told now does not undo what was stored: ``forwarded`` is false, and the
        outbox tells it later.

        Raises:
            NotFound: The generation is unknown or another user's.
            StorageUnavailable: Nothing was stored.
        """
        generation = await self._memory.generation(verdict.generation_id, user_id=user_id)
        if generation is None:
            raise NotFound("generation")
        feedback = self._feedback(verdict, user_id, key)
        new_score = await self._memory.add_feedback(feedback)
        forwarded = await self._forwarded(feedback, generation, request_id)
        self._track(FeedbackGiven(generation.module, feedback.score, forwarded))
        return FeedbackReceipt(generation.id, stored=True, forwarded=forwarded, new_score=new_score)

    async def forward(self, feedback: Feedback, generation: Generation, request_id: str = "") -> None:
        """Have the module tell the generator; the verdict's id is the key under which it counts once.

        Raises:
            NobodyTakesIt: The module passes no verdicts on.
            IntegratorError: The generator was not told; the subclass says why.
        """
        module = self._modules.hosted.get(generation.module)
        if module is None:
            raise ModuleUnavailable(f"module {generation.module!r} is not in use")
        if not isinstance(module.agent, AcceptsFeedback):
            raise NobodyTakesIt(generation.module)
        key, user_id = feedback.id, feedback.user_id
        request_id = request_id or new_id("req")
        own = OwnMemory(
            self._memory, self, module=module.name, user_id=user_id, key=key, request_id=request_id
        )
        call = Call(module.name, "feedback", user_id, request_id, key, self._clock.now, new_id, own)
        verdict = Verdict(
            generation_id=feedback.generation_id,
            command=feedback.command,
            rating=feedback.rating,
            comment=feedback.comment,
        )
        await run_guarded(module, _passing_on(module, generation), verdict, call)

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

    async def _forwarded(self, feedback: Feedback, generation: Generation, request_id: str) -> bool:
        try:
            await self.forward(feedback, generation, request_id)
        except NobodyTakesIt:
            await self._memory.give_up_forwarding(feedback.id)
            return False
        except IntegratorError as error:
            log.warning(
                "feedback.not_forwarded", module=generation.module, code=error.code, request_id=request_id
            )
            return False
        await self._memory.mark_forwarded(feedback.id)
        return True


def _passing_on(module: HostedModule, generation: Generation) -> Intent[Any]:
    async def pass_on(verdict: Verdict, call: Call) -> Reply:
        assert isinstance(module.agent, AcceptsFeedback)  # noqa: S101 - looked at by the only caller
        await module.agent.accept_feedback(verdict, generation, call)
        return Reply("passed on")

    return Intent(Verdict, pass_on)
