"""The lines of the outputs, pasted into a real bash that finds a stand-in for the AWS CLI."""
from __future__ import annotations

import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
from typing import Any

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
EXECUTION = 'arn:aws:states:eu-central-1:123456789012:execution:CommandsStateMachine-AbC:4f2a'
TASK = 'arn:aws:ecs:eu-central-1:123456789012:task/Cluster-AbC/0123456789abcdef0123456789abcdef'
NEW = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/ShopproductionReleaseProcessTask:8'
#: What references become; longer than they mostly are.
REFERENCES = {
    'AWS::Region': 'ap-southeast-2',
    'CommandsStateMachine67A3E60A': 'arn:aws:states:ap-southeast-2:123456789012:stateMachine:CommandsStateMachine67A3E60A-AbCdEfGhIjKl',
    'ApplicationLogs976B1959': 'Shop-production-ApplicationLogs976B1959-AbCdEfGhIjKl',
    'ClusterEB0386A7': 'Shop-production-ClusterEB0386A7-AbCdEfGhIjKl',
    'ServiceD69D759B': 'Shop-production-ServiceD69D759B-AbCdEfGhIjKl',
}
LOGS = REFERENCES['ApplicationLogs976B1959']
CLUSTER = REFERENCES['ClusterEB0386A7']


def resolved(value: Any) -> str:
    if isinstance(value, str):
        return value
    (function, operand), = value.items()
    if function == 'Fn::Join':
        return operand[0].join(map(resolved, operand[1]))
    return 'sg-0123456789abcdef0' if operand[-1] == 'GroupId' else REFERENCES[operand if function == 'Ref' else operand[0]]


@pytest.fixture(scope='session')
def lines() -> dict[str, dict[str, str]]:
    npx = shutil.which('npx')
    assert npx, 'Node.js is not installed'
    environment = {name: value for name, value in os.environ.items() if name != 'NODE_OPTIONS'}
    printed = subprocess.run([npx, 'tsx', '--tsconfig', 'tsconfig.dev.json', str(HERE / 'synthesize.ts')], cwd=ROOT, env={**environment, 'CDK_VALIDATION': 'false'},
                             capture_output=True, text=True, check=True).stdout
    return {name: {output.removeprefix('Manage'): resolved(of['Value']) for output, of in outputs.items()}
            for name, outputs in json.loads(printed.splitlines()[-1]).items()}


class Terminal:
    """A bash with `aws` on its path, and with `sleep`, which would only take time."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.answers: dict[str, list[Any]] = {
            'stepfunctions start-execution': [{'executionArn': EXECUTION, 'startDate': 1}],
            'stepfunctions describe-execution': [self.ends('RUNNING'), self.ends('RUNNING'), self.ends('SUCCEEDED')],
            'stepfunctions get-execution-history': [{'events': [
                {'id': 1, 'type': 'ExecutionStarted', 'executionStartedEventDetails': {'input': '{}'}},
                {'id': 5, 'type': 'TaskSubmitted', 'taskSubmittedEventDetails': {'output': json.dumps({'Failures': [], 'Tasks': [{
                    'Containers': [{'ContainerArn': TASK.replace(':task/', ':container/') + '/1', 'TaskArn': TASK}],
                    'TaskArn': TASK, 'TaskDefinitionArn': NEW}]})}},
                {'id': 6, 'type': 'TaskStateExited', 'stateExitedEventDetails': {'name': 'Run', 'output': json.dumps({'Cause': json.dumps({'TaskArn': TASK})})}},
            ]}],
            'logs tail': [{'text': '2026-11-21T06:00:00 System check identified no issues (0 silenced).'}],
            'ecs list-tasks': [{'taskArns': [TASK, TASK + '2']}],
            'ecs describe-tasks': [{'tasks': [{'containers': [{'name': 'sidecar', 'runtimeId': 'x'}, {'name': 'django', 'runtimeId': 'abcdef-123'}]}]}],
            'ecs execute-command': [{}],
            'ssm start-session': [{}],
        }
        for name, text in {'aws': f'#!/bin/sh\nexec {sys.executable} {HERE / "aws.py"} "$@"\n', 'sleep': '#!/bin/sh\necho "$@" >> "$STAND_IN/slept"\n'}.items():
            program = folder / 'bin' / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(text)
            program.chmod(program.stat().st_mode | stat.S_IEXEC)

    @staticmethod
    def ends(status: str, **others: str) -> dict[str, str]:
        return {'executionArn': EXECUTION, 'stateMachineArn': 'arn', 'status': status, **others}

    def paste(self, *lines: str, interactive: bool = False) -> subprocess.CompletedProcess[str]:
        (self.folder / 'answers.json').write_text(json.dumps(self.answers))
        environment = {'PATH': f'{self.folder / "bin"}:{os.environ["PATH"]}', 'STAND_IN': str(self.folder), 'HOME': str(self.folder), 'a': 'not ours'}
        text = '\n'.join(lines) + '\n'
        words = ['bash', '--norc', '-i'] if interactive else ['bash', '-c', text]
        return subprocess.run(words, input=text if interactive else None, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60)

    @property
    def calls(self) -> list[dict[str, Any]]:
        calls = self.folder / 'calls.jsonl'
        return [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []

    @property
    def input(self) -> dict[str, Any]:
        return json.loads(self.calls[0]['--input'])


@pytest.fixture
def terminal(tmp_path: pathlib.Path) -> Terminal:
    return Terminal(tmp_path)


class TestEveryLine:
    @pytest.mark.parametrize('variant', ['short', 'long'])
    def test_fits_into_an_output_and_is_one_line_without_what_an_interactive_shell_replaces(self, lines: dict[str, dict[str, str]], variant: str) -> None:
        assert sorted(lines[variant]) == ['Logs', 'Release', 'Run', 'Shell', 'Tunnel']
        for line in lines[variant].values():
            assert len(line) <= 1024
            assert '\n' not in line and '!' not in line and not line.startswith('#')


class TestRun:
    def test_runs_any_other_command(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['short']['Run'], "run alembic upgrade 'head or so'").returncode == 0
        assert terminal.input == {'command': ['alembic', 'upgrade', 'head or so'], 'notify': False}

    def test_runs_a_management_command_waits_and_shows_its_log(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        ended = terminal.paste(lines['short']['Run'], 'manage check --database default')
        assert (ended.returncode, ended.stderr) == (0, '')
        assert ended.stdout.splitlines() == [EXECUTION, '2026-11-21T06:00:00 System check identified no issues (0 silenced).', 'SUCCEEDED']
        assert [call['command'].split()[1] for call in terminal.calls] == [
            'start-execution', 'describe-execution', 'describe-execution', 'describe-execution', 'get-execution-history', 'tail']
        assert terminal.calls[0]['--state-machine-arn'] == REFERENCES['CommandsStateMachine67A3E60A']
        assert terminal.input == {'command': ['python', 'manage.py', 'check', '--database', 'default'], 'notify': False}
        assert {call.get('--execution-arn') for call in terminal.calls[1:5]} == {EXECUTION}
        assert (terminal.calls[5]['words'], terminal.calls[5]['--log-stream-names']) == ([LOGS], f'django/django/{TASK.split("/")[-1]}')
        assert {call['region'] for call in terminal.calls} == {'ap-southeast-2'}
        assert (terminal.folder / 'slept').read_text() == '5\n5\n'

    def test_names_the_process_where_the_runner_has_no_default(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['long']['Run'], 'manage check').returncode == 0
        assert terminal.input == {
            'command': ['python', 'manage.py', 'check'], 'taskDefinition': 'ShopproductionApplicationTask3E7FF665', 'container': 'django',
            'securityGroups': ['sg-0123456789abcdef0'], 'notify': False,
        }

    @pytest.mark.parametrize(('status', 'others', 'line'), [
        ('FAILED', {'error': 'States.TaskFailed', 'cause': 'check: it ended with exit code 1'}, 'FAILED check: it ended with exit code 1'),
        ('TIMED_OUT', {}, 'TIMED_OUT'),
        ('ABORTED', {}, 'ABORTED'),
    ])
    def test_fails_when_the_command_failed_with_its_log_and_the_reason(
        self, lines: dict[str, dict[str, str]], terminal: Terminal, status: str, others: dict[str, str], line: str,
    ) -> None:
        terminal.answers['stepfunctions describe-execution'] = [terminal.ends('RUNNING'), terminal.ends(status, **others)]
        ended = terminal.paste(lines['short']['Run'], 'manage check && echo never')
        assert ended.returncode == 1
        assert ended.stdout.splitlines()[1:] == ['2026-11-21T06:00:00 System check identified no issues (0 silenced).', line]

    def test_shows_the_log_of_the_last_try(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        history = terminal.answers['stepfunctions get-execution-history'][0]['events']
        history.append({'id': 9, 'type': 'TaskSubmitted', 'taskSubmittedEventDetails': {'output': json.dumps({'Tasks': [{'TaskArn': TASK[:-3] + 'fff'}]})}})
        terminal.paste(lines['short']['Run'], 'manage check')
        assert terminal.calls[-1]['--log-stream-names'].endswith('bcfff')

    def test_fails_without_a_log_when_no_task_was_made(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        terminal.answers['stepfunctions describe-execution'] = [terminal.ends('FAILED', error='ECS.AccessDeniedException', cause='check: it was not started (…)')]
        terminal.answers['stepfunctions get-execution-history'] = [{'events': [{'id': 1, 'type': 'ExecutionStarted', 'timestamp': 1}]}]
        ended = terminal.paste(lines['short']['Run'], 'manage check')
        assert ended.returncode == 1
        assert ended.stdout.splitlines() == [EXECUTION, 'FAILED check: it was not started (…)']
        assert 'logs tail' not in [call['command'] for call in terminal.calls]

    @pytest.mark.parametrize(('command', 'calls', 'code'), [('start-execution', 1, 254), ('describe-execution', 3, 1)])
    def test_fails_when_aws_does(self, lines: dict[str, dict[str, str]], terminal: Terminal, command: str, calls: int, code: int) -> None:
        terminal.answers[f'stepfunctions {command}'] = ['An error occurred (ExpiredTokenException): The security token included in the request is expired']
        terminal.answers['stepfunctions get-execution-history'] = terminal.answers[f'stepfunctions {command}']
        ended = terminal.paste(lines['short']['Run'], 'manage check')
        assert ended.returncode == code
        assert 'ExpiredTokenException' in ended.stderr
        assert len(terminal.calls) == calls

    def test_succeeds_when_only_the_log_cannot_be_read(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        terminal.answers['logs tail'] = ['An error occurred (AccessDeniedException)']
        assert terminal.paste(lines['short']['Run'], 'manage check').returncode == 0

    def test_hands_words_over_as_they_are(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        words = ['shell', '-c', 'print("it\'s", r"\\d+", $HOME, `id`, {"a": [1]})', '', 'ä b', '*', '--x=${y}', '\\', '"', '@', '%s']
        quoted = ' '.join("'" + word.replace("'", "'\\''") + "'" for word in words)
        assert terminal.paste(lines['short']['Run'], f'manage {quoted}').returncode == 0
        assert terminal.input['command'] == ['python', 'manage.py', *words]

    def test_leaves_nothing_behind_but_its_functions(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        ended = terminal.paste(lines['short']['Run'], 'manage check > /dev/null', 'manage check > /dev/null', 'echo "$a $e$r$t$w$AWS_REGION"; declare -F')
        assert ended.stdout.splitlines() == ['not ours ', 'declare -f _run', 'declare -f manage', 'declare -f run']

    def test_can_be_pasted_into_an_interactive_shell(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        ended = terminal.paste(lines['short']['Run'], 'manage check', 'exit $?', interactive=True)
        assert ended.returncode == 0
        assert ended.stdout.splitlines()[-1] == 'SUCCEEDED'

    def test_works_where_a_script_is_strict(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        terminal.answers['logs tail'] = ['An error occurred (AccessDeniedException)']
        assert terminal.paste('set -euo pipefail', lines['short']['Run'], 'manage check').returncode == 0
        terminal.answers['stepfunctions describe-execution'] = [terminal.ends('FAILED', cause='check: it was not started (…)')]
        terminal.answers['stepfunctions get-execution-history'] = [{'events': []}]
        ended = terminal.paste('set -euo pipefail', lines['short']['Run'], 'manage check', 'echo never')
        assert (ended.returncode, ended.stdout.splitlines()) == (1, [EXECUTION, 'FAILED check: it was not started (…)'])


class TestRelease:
    def test_runs_the_release_with_another_task_definition_and_waits_for_one_that_runs(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        ended = terminal.paste(lines['short']['Run'], lines['short']['Release'], f'release {NEW}')
        assert (ended.returncode, ended.stderr) == (0, '')
        assert ended.stdout.splitlines()[-1] == 'SUCCEEDED'
        assert terminal.input == {
            'taskDefinition': NEW,
            'notify': False,
            'command': ['--wait-for-database', 'python', 'manage.py', 'migrate', '--noinput', '&&', '--superuser', '&&',
                        'python', 'manage.py', 'collectstatic', '--noinput', '&&', 'echo', "it's done"],
            'name': 'Shop-production/Release',
            'exclusive': 'ReleaseRunC2636623',
            'whenRunning': 'WAIT',
        }
        assert terminal.calls[0]['--name'].startswith('ReleaseRunC2636623-')

    def test_names_the_process_where_the_runner_has_no_default(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['long']['Run'], lines['long']['Release'], f'release {NEW}').returncode == 0
        assert (terminal.input['container'], terminal.input['securityGroups']) == ('django', ['sg-0123456789abcdef0'])

    def test_fails_when_the_release_does(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        terminal.answers['stepfunctions describe-execution'] = [terminal.ends('FAILED', cause='Shop/Release: it ended with exit code 1')]
        assert terminal.paste(lines['short']['Run'], lines['short']['Release'], f'release {NEW}').returncode == 1

    def test_asks_for_the_task_definition(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        ended = terminal.paste(lines['short']['Run'], lines['short']['Release'], 'release')
        assert ended.returncode == 1
        assert 'ARN of a task definition' in ended.stderr
        assert terminal.calls == []


class TestSessions:
    def test_opens_a_shell_in_a_running_task(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['short']['Shell']).returncode == 0
        listed, executed = terminal.calls
        assert (listed['--cluster'], listed['--service-name'], listed['--desired-status']) == (CLUSTER, REFERENCES['ServiceD69D759B'], 'RUNNING')
        assert executed == {'command': 'ecs execute-command', 'words': [], '--cluster': CLUSTER, '--task': TASK, '--container': 'django',
                            '--interactive': 'yes', '--command': '/bin/sh', 'region': 'ap-southeast-2'}

    def test_runs_another_command_there(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['short']['Shell'] + ' python manage.py shell').returncode == 0
        assert terminal.calls[1]['--command'] == 'python manage.py shell'

    def test_opens_a_tunnel_to_the_database(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        assert terminal.paste(lines['short']['Tunnel']).returncode == 0
        assert terminal.calls[1]['--tasks'] == TASK
        assert terminal.calls[2] == {
            'command': 'ssm start-session', 'words': [], '--target': f'ecs:{CLUSTER}_0123456789abcdef0123456789abcdef_abcdef-123',
            '--document-name': 'AWS-StartPortForwardingSessionToRemoteHost',
            '--parameters': 'host=shop.cluster-abc.eu-central-1.rds.amazonaws.com,portNumber=5432,localPortNumber=15432', 'region': 'ap-southeast-2',
        }

    def test_opens_it_on_another_port(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        line = lines['short']['Tunnel'].removesuffix('15432')
        terminal.paste(line + '5432')
        assert terminal.calls[2]['--parameters'].endswith('localPortNumber=5432')

    @pytest.mark.parametrize('line', ['Shell', 'Tunnel'])
    def test_fails_when_aws_does(self, lines: dict[str, dict[str, str]], terminal: Terminal, line: str) -> None:
        terminal.answers['ecs list-tasks'] = ['An error occurred (ClusterNotFoundException)']
        assert terminal.paste(lines['short'][line]).returncode == 254
        assert len(terminal.calls) == 1

    def test_fails_where_no_task_runs(self, lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
        terminal.answers['ecs list-tasks'] = [{'taskArns': []}]
        for line in ('Shell', 'Tunnel'):
            ended = terminal.paste(lines['short'][line])
            assert ended.returncode == 1
            assert ended.stderr == 'no task runs\n'


def test_the_log_is_followed(lines: dict[str, dict[str, str]], terminal: Terminal) -> None:
    assert terminal.paste(lines['short']['Logs']).returncode == 0
    assert terminal.calls == [{'command': 'logs tail', 'words': [LOGS], '--follow': 'yes', '--format': 'short', '--region': 'ap-southeast-2', 'region': 'ap-southeast-2'}]
