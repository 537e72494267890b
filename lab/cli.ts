import { parseCommandLine, UsageError, usage } from './command-line.ts';
import { downCommand, statusCommand, upCommand } from './commands/emulator.ts';
import { runCommand } from './commands/run.ts';
import { shellCommand } from './commands/shell.ts';
import { Screen } from './display/screen.ts';

/**
 * Does what the command line says.
 * @returns the exit code: 0 only where it succeeded; 2 where the command line is wrong
 */
export async function run(args: readonly string[]): Promise<number> {
  const screen = new Screen();
  try {
    const command = parseCommandLine(args);
    switch (command.name) {
      case 'help':
        screen.print(usage);
        return 0;
      case 'run':
        return await runCommand(command, screen);
      case 'up':
        return await upCommand(command, screen);
      case 'shell':
        return await shellCommand(command, screen);
      case 'down':
        return await downCommand(screen);
      case 'status':
        return await statusCommand(screen);
    }
  } catch (error) {
    screen.settle();
    console.error((error as Error).message);
    if (!(error instanceof UsageError)) return 1;
    console.error(`\n${usage}`);
    return 2;
  }
}
