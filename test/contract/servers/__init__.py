"""Real backing services on loopback, for tests: each is a context manager, needs neither root nor Docker and leaves nothing behind."""
from .ecs_metadata import EcsMetadataServer
from .postgres import PostgresServer
from .s3 import S3Emulator

__all__ = ['EcsMetadataServer', 'PostgresServer', 'S3Emulator']
