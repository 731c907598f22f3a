"""How browsers and CloudFront take a file."""
from __future__ import annotations

import collections
import re
from typing import Callable, Collection, Iterable

INDEX, CONFIG = 'index.html', 'config.json'

# A year: browsers and CloudFront never ask again.
IMMUTABLE = 'public, max-age=31536000, immutable'
# They keep it and ask each time whether it is still the same.
ASK_FIRST = 'no-cache'

TEXT = '; charset=utf-8'
# Written down, because what Python knows differs between its versions.
CONTENT_TYPES = {
    'html': 'text/html' + TEXT, 'htm': 'text/html' + TEXT, 'css': 'text/css' + TEXT, 'txt': 'text/plain' + TEXT, 'md': 'text/markdown' + TEXT,
    'js': 'text/javascript' + TEXT, 'mjs': 'text/javascript' + TEXT, 'csv': 'text/csv' + TEXT, 'vtt': 'text/vtt' + TEXT, 'ics': 'text/calendar' + TEXT,
    'json': 'application/json', 'map': 'application/json', 'webmanifest': 'application/manifest+json', 'wasm': 'application/wasm',
    'geojson': 'application/geo+json', 'xml': 'application/xml', 'pdf': 'application/pdf', 'zip': 'application/zip', 'gz': 'application/gzip',
    'svg': 'image/svg+xml', 'png': 'image/png', 'jpg': 'image/jpeg', 'jpeg': 'image/jpeg', 'gif': 'image/gif', 'webp': 'image/webp', 'avif': 'image/avif',
    'ico': 'image/x-icon', 'bmp': 'image/bmp', 'tif': 'image/tiff', 'tiff': 'image/tiff',
    'woff': 'font/woff', 'woff2': 'font/woff2', 'ttf': 'font/ttf', 'otf': 'font/otf', 'eot': 'application/vnd.ms-fontobject',
    'mp4': 'video/mp4', 'webm': 'video/webm', 'ogv': 'video/ogg', 'mov': 'video/quicktime', 'm3u8': 'application/vnd.apple.mpegurl',
    'mp3': 'audio/mpeg', 'm4a': 'audio/mp4', 'ogg': 'audio/ogg', 'wav': 'audio/wav', 'flac': 'audio/flac', 'glb': 'model/gltf-binary',
    'gltf': 'model/gltf+json',
}
# Has no ending: https://developer.apple.com/documentation/xcode/supporting-associated-domains
NAMED_JSON = frozenset({'apple-app-site-association'})

# Browsers look for a newer version of them under the same name.
SERVICE_WORKERS = frozenset({'sw.js', 'service-worker.js', 'serviceworker.js', 'ngsw-worker.js', 'ngsw.json', 'firebase-messaging-sw.js'})

# What stands in 'DiwrgTda' or '3f2a1b9c' as one: a word, capitals, digits. People write few of them in eight characters, and chance writes many.
PIECE = re.compile(r'[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+')
FEWEST_PIECES = 4
HEX_LENGTHS = frozenset({8, 10, 12, 16, 20, 24, 32, 40, 64})
# 'settings', 'Version2', 'VERSION2', '20241121': never chance.
WORD = re.compile(r'[A-Z]?[a-z]*\d*|[A-Z]+\d+')


def content_type(name: str) -> str:
    """The type that a browser must be told, because it may not guess."""
    base = name.rpartition('/')[2]
    if base in NAMED_JSON:
        return 'application/json'
    return CONTENT_TYPES.get(base.rpartition('.')[2].lower(), 'application/octet-stream')


def cache_control(name: str, hashed: Collection[str] = (), immutable_paths: Iterable[str] = ()) -> str:
    """How long a file may be kept without asking. In doubt not at all: a file that is kept wrongly cannot be called back."""
    if is_page(name) or name == CONFIG or name.rpartition('/')[2] in SERVICE_WORKERS:
        return ASK_FIRST
    return IMMUTABLE if name in hashed or any(matches(f'/{name}', pattern) for pattern in immutable_paths) else ASK_FIRST


def is_page(name: str) -> bool:
    """Whether a file is one that names others."""
    return name.lower().endswith(('.html', '.htm'))


def hashed_of(names: Iterable[str]) -> frozenset[str]:
    """Those of a build's files whose names tell their content, as bundlers write it: 'index-BXk3aP9q.js', 'main.3f2a1b9c4d5e6f70.chunk.css'.

    Chance writes 'DOYPMLFB' too. That is a hash where it stands among hashes, and nothing but names of this form.
    """
    folders: dict[str, list[str]] = collections.defaultdict(list)
    for name in names:
        folders[name.rpartition('/')[0]].append(name)
    hashed: set[str] = set()
    for files in folders.values():
        certain = [name for name in files if has_part(name, is_hash)]
        bundled = 3 * len(certain) >= len(files) and all(has_part(name, may_be_hash) for name in files)
        hashed.update(files if bundled else certain)
    return frozenset(hashed)


def has_part(name: str, judge: Callable[[str], bool]) -> bool:
    """Whether a part of a file's name, after a dot or a hyphen, is what it is judged to be."""
    parts = name.rpartition('/')[2].split('.')[:-1]
    return any(judge(part) or judge(part.rpartition('-')[2]) or (part[-9:-8] == '-' and judge(part[-8:])) for part in parts)


def is_hash(text: str) -> bool:
    """Whether a text is the hash of Vite, Rollup, esbuild, Angular or webpack, and nothing else for sure."""
    if not may_be_hash(text):
        return False
    if re.fullmatch(r'[A-Z2-7]+', text):
        return re.search(r'\d[A-Z]', text) is not None
    return len(PIECE.findall(text)) >= FEWEST_PIECES


def may_be_hash(text: str) -> bool:
    """Whether a text may be a hash, and is no word, date or size for sure."""
    if len(text) in HEX_LENGTHS and re.fullmatch(r'[0-9a-f]+', text):
        return not WORD.fullmatch(text)
    return len(text) == 8 and re.fullmatch(r'[\w-]*[A-Z][\w-]*', text, re.ASCII) is not None and not WORD.fullmatch(text)


def matches(path: str, pattern: str) -> bool:
    """Whether a path is one of a pattern of CloudFront's: `*` is any text, `?` any character."""
    expression = ''.join({'*': '.*', '?': '.'}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, path) is not None
