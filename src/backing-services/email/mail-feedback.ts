import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** What comes back of sent mail, without what is sent only by templates. */
const EVENTS = [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT, ses.EmailSendingEvent.REJECT];

/**
 * A configuration set: mail never goes again to addresses that bounced or complained. It goes over TLS wherever the recipient's server takes it; to
 * demand it would keep mail, unread and unnoticed, from those whose server does not.
 */
export function createConfigurationSet(scope: Construct, removalPolicy: RemovalPolicy): ses.ConfigurationSet {
  const configurationSet = new ses.ConfigurationSet(scope, 'ConfigurationSet', {
    tlsPolicy: ses.ConfigurationSetTlsPolicy.OPTIONAL,
    reputationMetrics: true,
    suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
  });
  configurationSet.applyRemovalPolicy(removalPolicy);
  return configurationSet;
}

/** A topic for feedback. Not encrypted: SES would need a key that costs 1 USD a month, and what it tells goes on as e-mail. */
export function createFeedbackTopic(scope: Construct, removalPolicy: RemovalPolicy): sns.Topic {
  const topic = new sns.Topic(scope, 'FeedbackTopic', { enforceSSL: true });
  const policy = topic.node.findChild('Policy') as sns.TopicPolicy;
  [topic, policy].forEach((resource) => resource.applyRemovalPolicy(removalPolicy));
  return topic;
}

/** Publishes the feedback of a configuration set to a topic, and gives SES the right to. */
export function publishFeedback(scope: Construct, configurationSet: ses.IConfigurationSet, topic: sns.ITopic, removalPolicy: RemovalPolicy): void {
  const destination = new ses.CfnConfigurationSetEventDestination(scope, 'Feedback', {
    configurationSetName: configurationSet.configurationSetName,
    eventDestination: { enabled: true, matchingEventTypes: EVENTS, snsDestination: { topicArn: topic.topicArn } },
  });
  destination.applyRemovalPolicy(removalPolicy);
  const stack = Stack.of(scope);
  // The name of the configuration set in the policy of a topic in another stack would make the stacks need each other.
  const resourceName = stack === Stack.of(topic) ? configurationSet.configurationSetName : '*';
  const { statementAdded, policyDependable } = topic.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('ses.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: {
      StringEquals: { 'AWS:SourceAccount': stack.account },
      ArnLike: { 'AWS:SourceArn': stack.formatArn({ service: 'ses', resource: 'configuration-set', resourceName }) },
    },
  }));
  if (policyDependable) {
    destination.node.addDependency(policyDependable);
  }
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:feedback-topic-policy',
      'The policy of the imported \'feedbackTopic\' cannot be changed from here, and without a statement of yours the deployment fails: ' +
      'let the service ses.amazonaws.com do sns:Publish on the topic where AWS:SourceAccount is this account.');
  }
}
