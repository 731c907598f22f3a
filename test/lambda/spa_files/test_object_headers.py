"""How browsers and CloudFront take a file."""
from __future__ import annotations

import random
import string

import pytest
from object_headers import ASK_FIRST, IMMUTABLE, cache_control, content_type, hashed_of, is_hash


@pytest.mark.parametrize('name', [
    # Vite, Rollup
    'assets/index-BXk3aP9q.js', 'assets/index-BXk3aP9q.js.map', 'assets/vendor-CTuvm9Fd.css', 'assets/react-CHdo91hT.svg', 'assets/x-B1u0Q-Gd.js',
    'assets/a-b-c-D3_kQ9zF.woff2',
    # webpack
    'static/js/main.3f2a1b9c.js', 'static/js/2.3f2a1b9c.chunk.js', 'static/media/logo.8a7b6c5d4e3f2a1b9c0d.png', '3f2a1b9c4d5e6f708192.png',
    'main~3f2a.3f2a1b9c.js',
    # Angular, esbuild
    'main.3f2a1b9c4d5e6f70.js', 'main-5LB6XTH7.js', 'chunk-2QW3RTYU.js', 'styles-A2B4C6D7.css',
])
def test_what_carries_a_hash_is_kept_without_asking(name: str) -> None:
    assert cache_control(name, hashed_of([name, 'logo.svg', 'static/js/logo.svg'])) == IMMUTABLE


@pytest.mark.parametrize('name', [
    'index.html', 'about/index.html', 'config.json', 'favicon.ico', 'robots.txt', 'sw.js', 'manifest.webmanifest', 'assets/logo.svg', 'logo',
    '.well-known/x', '',
    # words of eight letters
    'assets/user-settings.js', 'assets/form-validate.js', 'form.validate.js', 'lib-Settings.js', 'lib-MyButton.js', 'lib-SETTINGS.js',
    'README-SECURITY.md', 'a.component.js',
    # versions, dates, sizes
    'logo-version2.png', 'logo-Version2.png', 'FONT-VERSION2.ttf', 'report-20241121.pdf', 'report.20241121.pdf', 'photo-2024-11-21.jpg',
    'photo-1920x1080.jpg', 'icon-512x512.png',
    'jquery-3.7.1.min.js', 'bootstrap.bundle.min.js', 'font-awesome4.woff', 'phone-iPhone15.png', 'iPhone15.png', 'a-12345678.js', '12345678.js',
    'facade12.js', 'x-decade20.js', 'x-aßBöCüD1.js',
    # what begins like a hash, or is one of a page
    'index-BXk3aP9q.html', 'a-BXk3aP9.js', 'BXk3aP9q/logo.svg', 'BXk3aP9q',
    # a hash in a name of its own length: nobody's
    'main.3f2a1b9.js', 'main.3f2a1b9c4.js',
    '550e8400-e29b-41d4-a716-446655440000.png',
])
def test_in_doubt_a_file_is_asked_about(name: str) -> None:
    assert cache_control(name, hashed_of([name, 'assets/a-BXk3aP9q.js', 'assets/b-C7hQd2Zf.js'])) == ASK_FIRST


# What Vite made of examples/spa, and what webpack makes.
VITE = ['product-BfxeoAil.js', 'index-BkL7gYUn.js', 'about-CyKB8qwl.js', 'login-DsRuLsex.js', 'index-D6dZ8lpX.css', 'products-C6MAR923.js',
        'form-DOYPMLFB.js', 'dom-Bbtg9TRs.js']
WEBPACK = ['main.3f2a1b9c.js', 'main.3f2a1b9c.js.LICENSE.txt', '787.28cb0dcd.chunk.js', '12.abcde12f.chunk.js', '12.abcde12f.chunk.js.map']


# A third that is certain is enough.
FEW = ['index-BXk3aP9q.js', 'form-DOYPMLFB.js', 'lib-MyButton.js']


@pytest.mark.parametrize('names', [VITE, WEBPACK, FEW])
def test_among_hashes_a_hash_that_looks_like_a_word_is_one_too(names: list[str]) -> None:
    assert hashed_of([f'assets/{name}' for name in names]) == {f'assets/{name}' for name in names}


@pytest.mark.parametrize('stranger', [
    'logo.svg', 'user-settings.js', 'hero-banner01.jpg', 'report-20241121.pdf', 'FONT-VERSION2.ttf', 'photo-1920x1080.jpg', 'LICENSE',
])
def test_a_file_that_somebody_put_there_is_none_and_makes_the_others_doubtful(stranger: str) -> None:
    names = [f'assets/{name}' for name in [*VITE, stranger]]
    hashed = hashed_of(names)
    assert f'assets/{stranger}' not in hashed
    assert hashed == {f'assets/{name}' for name in VITE if is_hash(name.split('.')[0][-8:])} < set(names)


def test_names_that_look_alike_are_none_without_hashes_among_them() -> None:
    names = ['lib-MyButton.js', 'lib-ListView.js', 'lib-SETTINGS.js', 'lib-BXk3aP9q.js']
    assert hashed_of(names) == {'lib-BXk3aP9q.js'}
    assert hashed_of([f'{folder}/{name}' for folder, name in zip('abcd', names)]) == {'d/lib-BXk3aP9q.js'}


@pytest.mark.parametrize(('alphabet', 'length', 'least'), [
    (string.ascii_letters + string.digits + '-_', 8, 0.78), ('0123456789abcdef', 8, 0.68), ('0123456789abcdef', 16, 0.97), ('0123456789abcdef', 20, 0.99),
    (string.ascii_uppercase + '234567', 8, 0.68),
])
def test_most_hashes_are_seen(alphabet: str, length: int, least: float) -> None:
    chance = random.Random(1)
    hashes = [''.join(chance.choice(alphabet) for _ in range(length)) for _ in range(5000)]
    assert sum(map(is_hash, hashes)) / len(hashes) > least


@pytest.mark.parametrize(('pattern', 'name', 'kept'), [
    ('/assets/*', 'assets/logo.svg', True), ('/assets/*', 'assets/deep/logo.svg', True), ('/assets/*', 'other/assets/logo.svg', False),
    ('/assets', 'assets/logo.svg', False),
    ('/v?/*', 'v1/x.js', True), ('/v?/*', 'v12/x.js', False), ('/a.b', 'aXb', False), ('/[a]/*', 'a/x.js', False), ('*.woff2', 'fonts/x.woff2', True),
    ('/*', 'index.html', False), ('/*', 'docs/page.htm', False), ('/*', 'config.json', False), ('/*', 'sw.js', False), ('/*', 'app/ngsw.json', False),
    ('/*', 'x.json', True),
])
def test_patterns_tell_what_else_is_kept_but_never_pages_and_what_is_looked_for_anew(pattern: str, name: str, kept: bool) -> None:
    assert cache_control(name, immutable_paths=[pattern]) == (IMMUTABLE if kept else ASK_FIRST)


@pytest.mark.parametrize(('name', 'expected'), [
    ('index.html', 'text/html; charset=utf-8'), ('a.JS', 'text/javascript; charset=utf-8'), ('a.mjs', 'text/javascript; charset=utf-8'),
    ('a.css', 'text/css; charset=utf-8'),
    ('a.js.map', 'application/json'), ('config.json', 'application/json'), ('site.webmanifest', 'application/manifest+json'), ('a.wasm', 'application/wasm'),
    ('a.svg', 'image/svg+xml'), ('a.webp', 'image/webp'), ('a.avif', 'image/avif'), ('a.woff2', 'font/woff2'), ('favicon.ico', 'image/x-icon'),
    ('a.mp4', 'video/mp4'),
    ('a.unknown', 'application/octet-stream'), ('LICENSE', 'application/octet-stream'), ('dir.js/file', 'application/octet-stream'),
    ('.well-known/apple-app-site-association', 'application/json'),
])
def test_each_file_has_its_type(name: str, expected: str) -> None:
    assert content_type(name) == expected
