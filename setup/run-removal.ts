import { describeFailure } from '../actions/shared/failures.ts';
import { harmless } from '../actions/shared/log.ts';
import { quote } from '../actions/shared/quote.ts';
import { findLabs } from './azure/labs.ts';
import { formatRemovalCommands } from './github/gh-commands.ts';
import { planRemoval } from './removal-steps.ts';
import { placeholderIds } from './run-setup.ts';
import type { SetupSession } from './session.ts';
import { formatSteps, runSteps } from './steps.ts';
import { confirm, formatManualCommands, print } from './terminal.ts';

/** @returns the exit code */
export async function runRemoval({
  options,
  terminal,
  settings,
  context,
  state,
}: SetupSession): Promise<number> {
  const { steps, kept } = planRemoval(state, settings);
  const ids = { ...placeholderIds(settings), ...state.identity.ids };
  print(
    steps.length > 0 ? formatSteps(steps, ids, options.dryRun) : 'Nothing that this command created exists.',
  );
  print(['', 'Kept:', ...kept.map(each => `  ${each}`)].join('\n'));
  if (!context.gitHub) print(formatManualCommands(formatRemovalCommands(settings)));
  const labs = await findLabs(context.az, settings);
  if (labs.length > 0)
    print(
      `! These labs still exist. No job can delete them after the removal: ${labs.map(quote).join(', ')}`,
    );
  if (options.dryRun) {
    print('\nNothing was changed (--dry-run).');
    return 0;
  }
  if (steps.length === 0) return 0;
  if (!(await confirm(terminal, '\nDelete these?'))) {
    print('Nothing was changed.');
    return 0;
  }

  print();
  const failures: string[] = [];
  await runSteps(steps, ids, context, ({ what, name }, error) => {
    failures.push(`${what} ${name}: ${describeFailure(error, 'terminal')}`);
  });
  if (failures.length === 0) return 0;
  console.error(harmless(['', 'Could not be deleted:', ...failures].join('\n')));
  return 1;
}
