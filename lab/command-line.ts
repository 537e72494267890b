import { quote } from '../actions/shared/quote.ts';
import { parseOptions, UsageError } from '../cli/usage.ts';

const latencies = ['fast', 'realistic'] as const;
const apiServers = ['embedded', 'kube-apiserver'] as const;
const clouds = ['emulated', 'azure'] as const;
const events = ['workflow_dispatch', 'schedule'] as const;
const emulatorOptions = ['latency', 'kubernetes', 'fault'] as const;

export type Command =
  | {
      readonly name: 'run';
      readonly workflow: string;
      readonly event: (typeof events)[number];
      readonly job?: string;
      readonly inputs: ReadonlyMap<string, string>;
      readonly cloud: (typeof clouds)[number];
      readonly yes: boolean;
      /** See docs/emulator.md. */
      readonly faults: readonly unknown[];
      readonly latency?: string;
      readonly kubernetes?: string;
      readonly verbose: boolean;
      readonly keep: boolean;
    }
  | { readonly name: 'up'; readonly latency?: string; readonly kubernetes?: string }
  | {
      readonly name: 'shell';
      readonly latency?: string;
      readonly kubernetes?: string;
      readonly command: readonly string[];
    }
  | { readonly name: 'down' | 'status' | 'help' | 'version' };

export const usage = `Usage: npm run lab -- [options]
       npm run lab -- COMMAND [options]

Runs a workflow of this repository in a local emulator of Azure and GitHub.

Commands:
  run (default)              Run a workflow
  up                         Start the emulator and keep it running
  shell [-- COMMAND ...]     Open a shell, or run one command, with az and kubectl on the emulator
  status                     Show the running emulator. Exit code 1 if there is none
  down                       Stop the emulator and delete its state

Workflow:
  --workflow NAME|FILE       A workflow in .github/workflows, or a file in another checkout (default: lab.yml)
  --event EVENT              workflow_dispatch or schedule, which has no inputs (default: workflow_dispatch)
  --job ID                   Run only this job and the jobs that it needs
  --input NAME=VALUE         Input of the workflow. Repeatable
  --keep                     Do not delete the lab at the end
  --verbose                  Print every line of every step

Emulator (also for up and shell, except --fault):
  --latency PROFILE          fast or realistic: duration of Azure's operations (default: fast)
  --kubernetes SERVER        embedded or kube-apiserver: API server of the clusters (default: embedded).
                             kube-apiserver needs "npm run kube-apiserver" once, or KUBEBUILDER_ASSETS
  --fault JSON               Failure of Azure or GitHub during the run. Repeatable. List: docs/emulator.md

Azure:
  --cloud CLOUD              emulated or azure: the real Azure, with the login of your az (default: emulated)
  --yes                      Do not ask before the run spends money

Other:
  -h, --help                 Print this help
  --version                  Print the version

Examples:
  npm run lab
  npm run lab -- --workflow smoke
  npm run lab -- --keep --verbose --input node-count=2
  npm run lab -- --fault '{"failure": "throttled", "times": 3}'
  npm run lab -- shell -- az group list --output table
  npm run lab -- --cloud azure

Exit codes:
  0  The run succeeded, and the pod read the secret if the workflow has an output "verified"
  1  The run failed or was cancelled, the secret was not verified, or a tool is missing
  2  Invalid arguments, or Node is too old
  shell returns the exit code of the shell or command.`;

/** @throws {UsageError} */
export function parseCommandLine(args: readonly string[]): Command {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  const { values, positionals } = parse(own);
  const [name = 'run', ...more] = positionals;
  const given = Object.keys(values).filter(option => option !== 'help' && option !== 'version');

  const allow = (...options: string[]) => {
    const wrong = given.find(option => !options.includes(option));
    if (wrong) throw new UsageError(`The command ${quote(name)} does not have the option --${wrong}.`);
    if (more.length > 0) throw new UsageError(`Unexpected argument: ${quote(more[0]!)}.`);
    if (rest.length > 0 && name !== 'shell') throw new UsageError('Only the command "shell" accepts "--".');
  };
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const { latency, kubernetes } = values;
  if (latency !== undefined) parseChoice('latency', latency, latencies);
  if (kubernetes !== undefined) parseChoice('kubernetes', kubernetes, apiServers);
  switch (name) {
    case 'run':
      allow(
        ...['workflow', 'event', 'job', 'input', 'keep', 'verbose'],
        ...['latency', 'kubernetes', 'fault', 'cloud', 'yes'],
      );
      return {
        name,
        workflow: values.workflow ?? 'lab.yml',
        ...parseEvent(values),
        job: values.job,
        ...parseCloud(values),
        faults: values.fault?.map(parseFault) ?? [],
        latency,
        kubernetes,
        verbose: values.verbose ?? false,
        keep: values.keep ?? false,
      };
    case 'up':
      allow('latency', 'kubernetes');
      return { name, latency, kubernetes };
    case 'shell':
      allow('latency', 'kubernetes');
      return { name, latency, kubernetes, command: rest };
    case 'down':
    case 'status':
    case 'help':
      allow();
      return { name };
    default:
      throw new UsageError(`Unknown command: ${quote(name)}.`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function parseEvent({ event = 'workflow_dispatch', input, keep }: Values) {
  const found = parseChoice('event', event, events);
  if (found === 'schedule' && (input || keep)) {
    throw new UsageError(
      'A scheduled run has no inputs. Remove --input and --keep, or use --event workflow_dispatch.',
    );
  }
  return { event: found, inputs: new Map(input?.map(parseInput)) };
}

function parseCloud({ cloud = 'emulated', yes = false, ...values }: Values) {
  const found = parseChoice('cloud', cloud, clouds);
  const wrong = emulatorOptions.find(option => values[option] !== undefined);
  if (found === 'azure' && wrong)
    throw new UsageError(`--${wrong} is an option of the emulator. Remove it, or remove --cloud azure.`);
  if (found !== 'azure' && yes)
    throw new UsageError('--yes is an option of the real Azure. Remove it, or add --cloud azure.');
  return { cloud: found, yes };
}

function parse(args: readonly string[]) {
  return parseOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      workflow: { type: 'string' },
      event: { type: 'string' },
      cloud: { type: 'string' },
      yes: { type: 'boolean' },
      fault: { type: 'string', multiple: true },
      job: { type: 'string' },
      input: { type: 'string', multiple: true },
      latency: { type: 'string' },
      kubernetes: { type: 'string' },
      verbose: { type: 'boolean' },
      keep: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  });
}

function parseChoice<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find(choice => choice === value);
  if (!found) throw new UsageError(`--${option}: ${quote(value)} is not valid. Use ${choices.join(' or ')}.`);
  return found;
}

function parseInput(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new UsageError(`--input: ${quote(text)} is not valid. Use NAME=VALUE.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function parseFault(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--fault: ${quote(text)} is not valid JSON. For examples, see docs/emulator.md.`);
  }
}
