import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Screen } from './display/screen.ts';
import { type EmulatorFacts, startEmulator } from './emulator-process.ts';
import { runningEmulator } from './running-emulator.ts';
import { findTools, type Tools } from './tools/tools.ts';
import { ToolWrappers } from './tools/wrappers.ts';

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
 * @param latency asked for explicitly, if at all
 * @throws MissingTool; Error where the emulator that is up has another latency
 */
export async function openSession(
  screen: Screen,
  directory: string,
  latency: string | undefined,
  signal?: AbortSignal,
): Promise<Session> {
  const tools = await prepareTools(screen, signal);
  const running = await runningEmulator();
  if (running && latency !== undefined && latency !== running.latency) {
    throw new Error(
      `The emulator that is up has latency ${running.latency}. Stop it first: npm run lab -- down`,
    );
  }
  const own = running
    ? undefined
    : await startEmulator({
        directory: join(directory, 'emulator'),
        latency: latency ?? 'fast',
        lasting: false,
      });
  const emulator = running?.facts ?? own!.facts;
  screen.print(
    `Emulated Azure on ${emulator.proxyUrl}${running ? ' (the one that is up)' : ''}, latency ${running?.latency ?? latency ?? 'fast'}; az ${tools.azVersion} (${tools.az}), kubectl (${tools.kubectl})`,
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
