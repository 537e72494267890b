import type { Screen } from '../display/screen.ts';
import { defaultSettings, type EmulatorSettings, startEmulator, stopEmulator } from '../emulator-process.ts';
import { paths } from '../paths.ts';
import {
  findRunningEmulator,
  forgetEmulator,
  type RunningEmulator,
  saveEmulator,
} from '../running-emulator.ts';

export async function startEmulatorCommand(
  requested: Partial<EmulatorSettings>,
  screen: Screen,
): Promise<number> {
  const running = await findRunningEmulator();
  if (running) {
    screen.print(`The emulator is already running: ${describe(running)}`);
    return 0;
  }
  forgetEmulator();
  const { latency = defaultSettings.latency, kubernetes = defaultSettings.kubernetes } = requested;
  const settings = { latency, kubernetes };
  const { facts, pid, logFile } = await startEmulator({
    directory: paths.up,
    settings,
    outlivesParent: true,
  });
  const emulator = { facts, pid, ...settings, since: new Date().toISOString() };
  saveEmulator(emulator);
  screen.print(`The emulator is running: ${describe(emulator)}
  log       ${logFile}
  use       npm run lab -- shell     az and kubectl, logged in as ${facts.user.userPrincipalName}
            npm run lab -- --keep    run the workflow and keep its lab, so that you can inspect it
  stop      npm run lab -- down`);
  return 0;
}

export async function stopEmulatorCommand(screen: Screen): Promise<number> {
  const running = await findRunningEmulator();
  if (running) await stopEmulator(running.pid);
  forgetEmulator();
  screen.print(running ? 'The emulator has stopped.' : 'No emulator was running.');
  return 0;
}

/** @returns exit code 1 if no emulator runs */
export async function showEmulatorCommand(screen: Screen): Promise<number> {
  const running = await findRunningEmulator();
  screen.print(
    running
      ? `The emulator is running: ${describe(running)}`
      : 'No emulator is running. Start it: npm run lab -- up',
  );
  return running ? 0 : 1;
}

function describe({ facts, pid, latency, kubernetes, since }: RunningEmulator): string {
  return `process ${pid}, since ${since}
  proxy     ${facts.proxyUrl}, CA ${facts.caFile}
  latency   ${latency}, Kubernetes ${kubernetes}
  tenant    ${facts.tenantId}, subscription ${facts.subscriptionId}`;
}
