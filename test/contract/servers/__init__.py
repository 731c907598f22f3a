"""Real backing services on loopback, for tests: each is a context manager, needs neither root nor Docker and leaves nothing behind."""
from .ecs_metadata import EcsMetadataServer
from .postgres import PostgresServer
from .rds_iam import RdsIamGate
from .redis import RedisServer
from .s3 import S3Emulator
from .smtp import SmtpServer

__all__ = ['EcsMetadataServer', 'PostgresServer', 'RdsIamGate', 'RedisServer', 'S3Emulator', 'SmtpServer']
