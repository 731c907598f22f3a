"""Uploads that end with their test."""

import tempfile

from django.test import override_settings


class TemporaryMedia:
    """Gives each test of a TestCase an empty folder as MEDIA_ROOT."""

    def setUp(self) -> None:
        super().setUp()
        media = tempfile.TemporaryDirectory()
        self.addCleanup(media.cleanup)
        media_root = override_settings(MEDIA_ROOT=media.name)
        media_root.enable()
        self.addCleanup(media_root.disable)
