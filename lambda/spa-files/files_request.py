"""CloudFormation asks for a build to be published, or for the end of the files."""
from __future__ import annotations

import logging
from typing import Any, Mapping

from advice import explain
from answer import Answer, failed, send, succeeded
from botocore.exceptions import BotoCoreError, ClientError
from deadline import Deadline, OutOfTime
from invalidation import invalidate
from named_resource import id_of, is_ours
from object_headers import CONFIG, cache_control, content_type
from publication import Overtaken, Publication
from site_bucket import SiteBucket
from site_services import Services
from spa_build import BadBuild, opened_build

log = logging.getLogger(__name__)

VERBS = {'Create': 'published', 'Update': 'published', 'Delete': 'deleted'}


def handle_request(request: Mapping[str, Any], services: Services, deadline: Deadline) -> dict[str, Any]:
    """Does what CloudFormation asks for and answers."""
    try:
        answer = _delete(request, services, deadline) if request['RequestType'] == 'Delete' else _publish(request, services, deadline)
    except (BadBuild, BotoCoreError, ClientError, OutOfTime, Overtaken) as error:
        log.error('The request failed: %s', error)
        path = request['ResourceProperties'].get('ConstructPath', request['LogicalResourceId'])
        answer = failed(f'{path}: the files were not {VERBS[request["RequestType"]]}: {explain(error)}', id_of(request, 'BucketName'))
    return {'answered': send(request, answer)}


def _publish(request: Mapping[str, Any], services: Services, deadline: Deadline) -> Answer:
    properties = request['ResourceProperties']
    bucket = SiteBucket(services.s3, properties['BucketName'], deadline)
    config, run = properties.get('Config'), request['RequestId']
    if 'SourceKey' in properties:
        done = _publish_build(properties, bucket, run, services)
    elif config is not None:
        bucket.put(CONFIG, config.encode, content_type(CONFIG), cache_control(CONFIG))
        done = [f'{CONFIG} was published', _forget([CONFIG], properties, run, services, deadline)]
    else:
        done = ['Somebody else publishes the files']
    return succeeded('. '.join(filter(None, done)), id_of(request, 'BucketName'))


def _publish_build(properties: Mapping[str, Any], bucket: SiteBucket, run: str, services: Services) -> list[str]:
    deadline = bucket.deadline
    with opened_build(services.s3, properties['SourceBucket'], properties['SourceKey'], deadline) as build:
        publication = Publication(bucket, run, build, properties.get('Config'), properties.get('ImmutablePaths', []))
        number = publication.upload()
        return [
            f'Files published: {number}',
            _forget(publication.uncached_names(), properties, run, services, deadline),
            _supersede_others(publication),
        ]


def _forget(names: list[str], properties: Mapping[str, Any], run: str, services: Services, deadline: Deadline) -> str:
    problem = invalidate(services.cloudfront, properties['DistributionId'], names, run, deadline)
    return f'CloudFront was not told, and asks S3 by itself: {problem}' if problem else ''


def _supersede_others(publication: Publication) -> str:
    """The site is the new one by now, so what goes wrong here must not roll it back: the next deployment does it."""
    try:
        return f'Files superseded: {publication.supersede_others()}'
    except (BotoCoreError, ClientError, OutOfTime, Overtaken) as error:
        log.error('Superseded files were not marked: %s', explain(error))
        return f'Superseded files stay until the next deployment: {error}'


def _delete(request: Mapping[str, Any], services: Services, deadline: Deadline) -> Answer:
    properties = request['ResourceProperties']
    if properties.get('EmptyOnDelete') != 'true' or not is_ours(request, properties['BucketName']):
        return succeeded('The files stay')
    bucket = SiteBucket(services.s3, properties['BucketName'], deadline)
    # The bucket itself decides: a stack that keeps it by now has taken the tag off, while this request tells how it was when the files were published.
    return succeeded(f'Files deleted: {bucket.empty()}' if bucket.may_be_emptied() else 'The files stay, as the bucket does')
