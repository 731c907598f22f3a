"""Visitors of a site under load, who count what they did not get."""
from __future__ import annotations

import asyncio
import itertools
import random
from typing import Awaitable, Callable

from load_balancer import Answer, LoadBalancer
from task_definitions import WebService

_TOKEN = 'a' * 32  # as a cookie and as a header it is a valid CSRF token
_FORM = b'message=' + b'x' * 20_000
#: The longest request, as a part of the longest that the service promises to finish; the rest is for a machine that is busy.
_LONGEST = 0.8


class Traffic:
    """Visitors who ask at once again and again until they are told to leave: `quick` ones read and post, `slow` ones wait nearly as long as they may."""

    def __init__(self, balancer: LoadBalancer, web: WebService, *, quick: int = 4, slow: int = 6, pause: float = 0.03):
        self._balancer, self._quick, self._slow, self._pause = balancer, quick, slow, pause
        self._longest = web.balancing.deregistration_delay * _LONGEST
        self._post = {'Cookie': f'csrftoken={_TOKEN}', 'X-CSRFToken': _TOKEN, 'Origin': f'{web.scheme}://{web.host}',
                      'Content-Type': 'application/x-www-form-urlencoded'}
        self._leaving = False
        self.answers: list[Answer] = []

    async def __aenter__(self) -> Traffic:
        quick = [self._visit(self._look, pause=self._pause) for _ in range(self._quick)]
        # One after the other, so that at any moment one has hardly begun.
        slow = [self._visit(self._wait, after=self._longest * number / self._slow) for number in range(self._slow)]
        self._visitors = [asyncio.create_task(visitor) for visitor in (*quick, *slow)]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Lets each visitor end what it does."""
        self._leaving = True
        await asyncio.gather(*self._visitors)

    @property
    def failed(self) -> list[Answer]:
        """What was not answered as it should."""
        return [answer for answer in self.answers if answer.status != 200]

    async def _visit(self, ask: Callable[[int], Awaitable[Answer]], *, after: float = 0, pause: float = 0) -> None:
        await asyncio.sleep(after)
        for number in itertools.count():
            if self._leaving:
                return
            self.answers.append(await ask(number))
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))

    async def _look(self, number: int) -> Answer:
        if number % 4 == 3:
            return await self._balancer.request('POST', '/contact/', self._post, _FORM)
        return await self._balancer.request('GET', '/' if number % 4 == 0 else '/health/')

    async def _wait(self, number: int) -> Answer:
        return await self._balancer.request('GET', f'/slow/?seconds={self._longest:.2f}&number={number}')
