import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Screen } from './display/screen.ts';
import {
  defaultSettings,
  type EmulatorFacts,
  type EmulatorSettings,
  startEmulator,
} from './emulator-process.ts';
import { runningEmulator } from './running-emulator.ts';
import { findTools, type Tools } from './tools/find-tools.ts';
import { ToolWrappers } from './tools/tool-wrappers.ts';

/** What a command that uses the emulator has at hand. */
export interface Session {
  readonly tools: Tools;
  readonly wrappers: ToolWrappers;
  readonly emulator: EmulatorFacts;
  /** Ends what the session started and removes its private files; once, however often it is asked. */
  end(): Promise<void>;
}

/**
 * Finds the tools and an emulator: the one that is up, or one of its own that ends with the session.
 * @param directory private to the session
 * @param asked what was asked for explicitly, if anything
 * @param repository whose workflow is to sign in; an emulator that is up trusts it only where somebody has set that up
 * @throws MissingTool; Error where the emulator that is up has other settings
 */
export async function openSession(
  screen: Screen,
  directory: string,
  asked: Partial<EmulatorSettings>,
  { repository, signal }: { repository?: string; signal?: AbortSignal } = {},
): Promise<Session> {
  const tools = await prepareTools(screen, signal);
  const running = await runningEmulator();
  for (const setting of ['latency', 'kubernetes'] as const) {
    if (!running || asked[setting] === undefined || asked[setting] === running[setting]) continue;
    throw new Error(
      `The emulator that is up has ${setting} ${running[setting]}. Stop it first: npm run lab -- down`,
    );
  }
  const settings = {
    latency: asked.latency ?? defaultSettings.latency,
    kubernetes: asked.kubernetes ?? defaultSettings.kubernetes,
  };
  const own = running
    ? undefined
    : await startEmulator({
        directory: join(directory, 'emulator'),
        settings,
        repositories: repository === undefined ? [] : [repository],
        lasting: false,
      });
  const emulator = running?.facts ?? own!.facts;
  const { latency, kubernetes } = running ?? settings;
  screen.print(
    `Emulated Azure on ${emulator.proxyUrl}${running ? ' (the one that is up)' : ''}, latency ${latency}, Kubernetes ${kubernetes}; az ${tools.azVersion} (${tools.az}), kubectl (${tools.kubectl})`,
  );
  // One of its own for each session: shells side by side share the rest of the directory.
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

async function prepareTools(screen: Screen, signal?: AbortSignal): Promise<Tools> {
  let shown = '';
  let told = '';
  const progress = (line: string) => {
    shown = line;
    // Without a terminal only what has changed but for the seconds is worth a line.
    const news = line.replace(/ \(\d+ s\)$/, '').replace(/\d+ packages/, 'packages');
    if (!screen.interactive && news !== told) screen.print(line);
    told = news;
  };
  screen.live(() => (shown ? [shown] : []));
  try {
    return await findTools({ progress, signal });
  } finally {
    screen.settle();
    if (screen.interactive && shown) screen.print(shown);
  }
}
