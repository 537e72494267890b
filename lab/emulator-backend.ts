import type { Cloud } from './backend.ts';
import type { Screen } from './display/screen.ts';
import { control, type EmulatorSettings } from './emulator-process.ts';
import { localMachine } from './local-machine.ts';
import { openSession } from './emulator-session.ts';

/**
 * Opens the emulated Azure and hands it the faults that the run is to meet.
 * @param directory private to the run
 * @param repository that of the run: `OWNER/REPO`
 * @param faults as the emulator takes them (emulator/proxy/faults.ts); those that no request has met by the end are forgotten
 * @throws MissingTool; Error where the emulator does not start, has other settings, or refuses a fault
 */
export async function openEmulatedCloud(
  screen: Screen,
  directory: string,
  asked: Partial<EmulatorSettings>,
  repository: string,
  faults: readonly unknown[],
  signal: AbortSignal,
): Promise<Cloud> {
  const session = await openSession(screen, directory, asked, { repository, signal });
  const { emulator, wrappers } = session;
  const open = async () => {
    for (const fault of faults) await control(emulator, 'POST /control/faults', fault);
    return await localMachine(emulator, wrappers.directory, repository);
  };
  const machine = await open().catch(async error => {
    await session.end();
    throw error;
  });
  return {
    machine,
    processes: wrappers.processes,
    async end() {
      // It may be gone already; then they are, too.
      if (faults.length > 0) await control(emulator, 'DELETE /control/faults').catch(() => {});
      await session.end();
    },
  };
}
