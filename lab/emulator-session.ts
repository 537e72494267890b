import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../actions/shared/quote.ts';
import type { Screen } from './display/screen.ts';
import {
  defaultSettings,
  type EmulatorConnection,
  type EmulatorSettings,
  startEmulator,
} from './emulator-process.ts';
import { findRunningEmulator } from './running-emulator.ts';
import { findTools, type ToolPaths } from './tools/find-tools.ts';
import { ToolWrappers } from './tools/tool-wrappers.ts';

export interface EmulatorSession {
  readonly tools: ToolPaths;
  readonly wrappers: ToolWrappers;
  readonly emulator: EmulatorConnection;
  /** Later calls do nothing. */
  end(): Promise<void>;
}

/**
 * Uses the emulator that `up` started, or a new one that ends with the session.
 * @param repository whose workflow logs in. The emulator that `up` started trusts it only after a
 * setup.
 * @throws {MissingToolError}; Error if the running emulator has other settings
 */
export async function openEmulatorSession(
  screen: Screen,
  directory: string,
  requested: Partial<EmulatorSettings>,
  { repository, signal }: { repository?: string; signal?: AbortSignal } = {},
): Promise<EmulatorSession> {
  const tools = await prepareTools(screen, signal);
  const running = await findRunningEmulator();
  for (const setting of ['latency', 'kubernetes'] as const) {
    if (!running || requested[setting] === undefined || requested[setting] === running[setting]) continue;
    throw new Error(
      `--${setting}: the running emulator has another value, ${quote(running[setting])}.\nStop it first: npm run lab -- down`,
    );
  }
  const settings = {
    latency: requested.latency ?? defaultSettings.latency,
    kubernetes: requested.kubernetes ?? defaultSettings.kubernetes,
  };
  const own = running
    ? undefined
    : await startEmulator({
        directory: join(directory, 'emulator'),
        settings,
        repositories: repository === undefined ? [] : [repository],
        outlivesParent: false,
      });
  const emulator = running?.facts ?? own!.facts;
  const { latency, kubernetes } = running ?? settings;
  screen.print(
    `Emulated Azure on ${emulator.proxyUrl}${running ? ' (already running)' : ''}, latency ${latency}, Kubernetes ${kubernetes}; az ${tools.azVersion} (${tools.az}), kubectl (${tools.kubectl})`,
  );
  const bin = join(directory, `bin-${process.pid}`);
  const wrappers = new ToolWrappers(tools, bin);
  let ending: Promise<void> | undefined;
  const end = async () => {
    wrappers.stop();
    await own?.stop();
    for (const path of [bin, join(directory, 'emulator')]) rmSync(path, { recursive: true, force: true });
  };
  return {
    tools,
    wrappers,
    emulator,
    end() {
      ending ??= end();
      return ending;
    },
  };
}

async function prepareTools(screen: Screen, signal?: AbortSignal): Promise<ToolPaths> {
  let shown = '';
  let printed = '';
  const progress = (line: string) => {
    shown = line;
    const withoutNumbers = line.replace(/ \(\d+ s\)$/, '').replace(/\d+ packages/, 'packages');
    if (!screen.interactive && withoutNumbers !== printed) screen.print(line);
    printed = withoutNumbers;
  };
  screen.live(() => (shown ? [shown] : []));
  try {
    return await findTools({ progress, signal });
  } finally {
    screen.settle();
    if (screen.interactive && shown) screen.print(shown);
  }
}
