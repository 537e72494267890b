import { UsageError, VERSION } from '../cli/usage.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { showEmulatorCommand, startEmulatorCommand, stopEmulatorCommand } from './commands/emulator.ts';
import { runWorkflowCommand } from './commands/run.ts';
import { openShellCommand } from './commands/shell.ts';
import { Screen } from './display/screen.ts';

/** @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  const screen = new Screen();
  try {
    const command = parseCommandLine(args);
    switch (command.name) {
      case 'help':
        screen.print(usage);
        return 0;
      case 'version':
        screen.print(VERSION);
        return 0;
      case 'run':
        return await runWorkflowCommand(command, screen);
      case 'up':
        return await startEmulatorCommand(command, screen);
      case 'shell':
        return await openShellCommand(command, screen);
      case 'down':
        return await stopEmulatorCommand(screen);
      case 'status':
        return await showEmulatorCommand(screen);
    }
  } catch (error) {
    screen.settle();
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? error.withHint('npm run lab') : (error as Error).message);
    return isUsage ? 2 : 1;
  }
}
