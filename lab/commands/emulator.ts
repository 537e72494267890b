import type { Screen } from '../display/screen.ts';
import { defaultSettings, type EmulatorSettings, startEmulator, stopEmulator } from '../emulator-process.ts';
import { folder } from '../paths.ts';
import {
  forgetEmulator,
  type RunningEmulator,
  rememberEmulator,
  runningEmulator,
} from '../running-emulator.ts';

/** Starts the emulator and leaves it running. */
export async function upCommand(asked: Partial<EmulatorSettings>, screen: Screen): Promise<number> {
  const running = await runningEmulator();
  if (running) {
    screen.print(`It is up already: ${describe(running)}`);
    return 0;
  }
  forgetEmulator();
  const { latency = defaultSettings.latency, kubernetes = defaultSettings.kubernetes } = asked;
  const settings = { latency, kubernetes };
  const { facts, pid, logFile } = await startEmulator({ directory: folder.up, settings, lasting: true });
  const emulator = { facts, pid, ...settings, since: new Date().toISOString() };
  rememberEmulator(emulator);
  screen.print(`The emulator is up: ${describe(emulator)}
  log       ${logFile}
  use it    npm run lab -- shell     az and kubectl, logged in as ${facts.user.userPrincipalName}
            npm run lab -- --keep    the workflow, whose lab you can look at afterwards
  stop it   npm run lab -- down`);
  return 0;
}

/** Stops the emulator that `up` started, and removes what it kept. */
export async function downCommand(screen: Screen): Promise<number> {
  const running = await runningEmulator();
  if (running) await stopEmulator(running.pid);
  forgetEmulator();
  screen.print(running ? 'The emulator is down.' : 'No emulator was up.');
  return 0;
}

/** Says whether the emulator is up. Exit code 1 where it is not. */
export async function statusCommand(screen: Screen): Promise<number> {
  const running = await runningEmulator();
  screen.print(
    running ? `The emulator is up: ${describe(running)}` : 'No emulator is up. Start it: npm run lab -- up',
  );
  return running ? 0 : 1;
}

function describe({ facts, pid, latency, kubernetes, since }: RunningEmulator): string {
  return `process ${pid}, since ${since}
  proxy     ${facts.proxyUrl}, CA ${facts.caFile}
  latency   ${latency}, Kubernetes ${kubernetes}
  tenant    ${facts.tenantId}, subscription ${facts.subscriptionId}`;
}
