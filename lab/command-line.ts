import { parseArgs } from 'node:util';

/** The emulator's profiles; what they mean is its own business. */
const latencies = ['fast', 'realistic'] as const;
/** The API servers that its clusters can have. */
const apiServers = ['embedded', 'kube-apiserver'] as const;
const clouds = ['emulated', 'azure'] as const;
const events = ['workflow_dispatch', 'schedule'] as const;
/** What only an emulator can be asked for. */
const emulatorOptions = ['latency', 'kubernetes', 'fault'] as const;

/** What the user asked for. */
export type Command =
  | {
      readonly name: 'run';
      /** A file, or the name of one in .github/workflows. */
      readonly workflow: string;
      /** What starts it. */
      readonly event: (typeof events)[number];
      readonly job?: string;
      readonly inputs: ReadonlyMap<string, string>;
      readonly cloud: (typeof clouds)[number];
      /** Whether the real Azure may be used without asking. */
      readonly yes: boolean;
      /** Given to the emulator before the run. */
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
  | { readonly name: 'down' | 'status' | 'help' };

/** The command line cannot be understood. */
export class UsageError extends Error {}

export const usage = `npm run lab                    run .github/workflows/lab.yml on the local emulator
npm run lab -- [options]
  --workflow FILE|NAME         another workflow: one of .github/workflows by its name (smoke, sweep), or a file, also
                               in the .github/workflows of another checkout
  --event EVENT                what starts it: workflow_dispatch (default) or schedule, which has no inputs
  --job ID                     only this job, and what it needs
  --input NAME=VALUE           an input of the workflow; repeatable
  --keep                       do not delete the lab at the end
  --verbose                    every line of every step

  --latency fast|realistic     how long Azure's operations take (default: fast)
  --kubernetes embedded|kube-apiserver
                               the API server of its clusters (default: embedded); the real one needs
                               'npm run kube-apiserver' once, or KUBEBUILDER_ASSETS
  --fault JSON                 a failure of Azure or GitHub that the run is to meet; repeatable:
                               {"failure": "throttled", "times": 3}, or any answer as emulator/proxy/faults.ts
                               describes it: {"host": "*.vault.azure.net", "status": 503, "body": …}

  --cloud azure                the real Azure, on the login that your az has; asks before it spends money
  --yes                        do not ask

npm run lab -- up              start the emulator and keep it running  [--latency …] [--kubernetes …]
npm run lab -- shell           a shell whose az and kubectl talk to it; -- COMMAND … runs one command instead
npm run lab -- status          is it running?
npm run lab -- down            stop it and remove what it kept`;

/**
 * Reads the command line.
 * @param args without node and the script
 * @throws UsageError saying what is wrong
 */
export function parseCommandLine(args: readonly string[]): Command {
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);
  const { values, positionals } = parse(own);
  const [name = 'run', ...more] = positionals;
  const given = Object.keys(values).filter(option => option !== 'help');

  const allow = (...options: string[]) => {
    const wrong = given.find(option => !options.includes(option));
    if (wrong) throw new UsageError(`--${wrong} does not go with '${name}'.`);
    if (more.length > 0) throw new UsageError(`'${more[0]}' is one word too many.`);
    if (rest.length > 0 && name !== 'shell') throw new UsageError(`'--' goes with 'shell' only.`);
  };
  if (values.help) return { name: 'help' };
  const { latency, kubernetes } = values;
  if (latency !== undefined && !latencies.some(known => known === latency)) {
    throw new UsageError(`--latency is ${latencies.join(' or ')}, not '${latency}'.`);
  }
  if (kubernetes !== undefined && !apiServers.some(known => known === kubernetes)) {
    throw new UsageError(`--kubernetes is ${apiServers.join(' or ')}, not '${kubernetes}'.`);
  }
  switch (name) {
    case 'run':
      allow(
        ...['workflow', 'event', 'job', 'input', 'keep', 'verbose'],
        ...['latency', 'kubernetes', 'fault', 'cloud', 'yes'],
      );
      return {
        name,
        workflow: values.workflow ?? 'lab.yml',
        ...startOf(values),
        job: values.job,
        ...cloudOf(values),
        faults: values.fault?.map(json) ?? [],
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
      throw new UsageError(`There is no command '${name}'.`);
  }
}

type Values = ReturnType<typeof parse>['values'];

/** What starts the run. */
function startOf({ event = 'workflow_dispatch', input, keep }: Values) {
  const found = events.find(known => known === event);
  if (!found) throw new UsageError(`--event is ${events.join(' or ')}, not '${event}'.`);
  if (found === 'schedule' && (input || keep)) {
    throw new UsageError('A scheduled run has no inputs: --input and --keep go with workflow_dispatch.');
  }
  return { event: found, inputs: new Map(input?.map(pair)) };
}

/** Where the run works. */
function cloudOf({ cloud = 'emulated', yes = false, ...values }: Values) {
  const found = clouds.find(known => known === cloud);
  if (!found) throw new UsageError(`--cloud is ${clouds.join(' or ')}, not '${cloud}'.`);
  const wrong = emulatorOptions.find(option => values[option] !== undefined);
  if (found === 'azure' && wrong) throw new UsageError(`--${wrong} goes with the emulator only.`);
  if (found !== 'azure' && yes) throw new UsageError('--yes goes with --cloud azure.');
  return { cloud: found, yes };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
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
      },
    });
  } catch (error) {
    // Node's message goes on with advice about '--', which means something else here.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

function pair(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new UsageError(`--input is NAME=VALUE, not '${text}'.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--fault is JSON, not '${text}'.`);
  }
}
