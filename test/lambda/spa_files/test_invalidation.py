"""CloudFront forgets the files whose content changes under the same name."""
from __future__ import annotations

import pytest
from doubles import Clock
from invalidation import invalidate, paths_of

from .aws import DISTRIBUTION, Aws


@pytest.mark.parametrize(('name', 'path'), [
    ('index.html', '/index.html'), ('a b.png', '/a%20b.png'), ('é.js', '/%C3%A9.js'), ('a~b.js', '/a%7Eb.js'), ('a%b.js', '/a%25b.js'),
    ('a#b?.js', '/a%23b%3F.js'),
    ("it's(1)+@x.js", "/it's(1)+@x.js"), ('docs/*', '/docs/%2A'), ('a"<b>.js', '/a%22%3Cb%3E.js'),
])
def test_names_become_paths(name: str, path: str) -> None:
    assert paths_of([name]) == ['/', path]


def test_there_are_never_many(aws: Aws, clock: Clock) -> None:
    assert invalidate(aws.services.cloudfront, DISTRIBUTION, [f'{number}.png' for number in range(5000)], 'run', clock.deadline) is None
    [paths] = aws.invalidations()
    assert (len(paths), paths[:2]) == (50, ['/', '/0.png'])


@pytest.mark.parametrize('fault', ['TooManyInvalidationsInProgress', 'Throttling'])
def test_what_passes_is_waited_for(aws: Aws, clock: Clock, fault: str) -> None:
    aws.will_answer('CreateInvalidation', *[f'{fault}: later'] * 2)
    assert invalidate(aws.services.cloudfront, DISTRIBUTION, ['index.html'], 'run', clock.deadline) is None
    assert aws.invalidations() == [['/', '/index.html']]


def test_nobody_waits_into_the_time_that_the_answer_needs(aws: Aws, clock: Clock) -> None:
    clock.seconds = 20
    assert invalidate(aws.services.cloudfront, DISTRIBUTION, [], 'run', clock.deadline) == 'no time was left'
    clock.seconds = 40
    aws.will_answer('CreateInvalidation', *['Throttling: slow'] * 9)
    assert 'slow' in (invalidate(aws.services.cloudfront, DISTRIBUTION, [], 'run', clock.deadline) or '')
    assert clock.seconds > 25
