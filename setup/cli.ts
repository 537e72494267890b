import { describeFailure } from '../actions/shared/failures.ts';
import { listenForSignals } from '../actions/shared/interruption.ts';
import { harmless } from '../actions/shared/log.ts';
import { UsageError, VERSION } from '../cli/usage.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { runRemoval } from './run-removal.ts';
import { runSetup } from './run-setup.ts';
import { openSetupSession } from './session.ts';
import { openTerminal, print, type Terminal } from './terminal.ts';

/** @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  listenForSignals();
  let terminal: Terminal | undefined;
  try {
    const options = parseCommandLine(args);
    if (options.help || options.version) {
      print(options.help ? usage : VERSION);
      return 0;
    }
    terminal = options.yes ? undefined : openTerminal();
    const session = await openSetupSession(options, terminal);
    return await (options.remove ? runRemoval(session) : runSetup(session));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const message = isUsage ? error.withHint('npm run setup-azure') : describeFailure(error, 'terminal');
    console.error(harmless(`\n${message}`));
    return isUsage ? 2 : 1;
  } finally {
    terminal?.close();
  }
}
