import { normalize } from 'node:path';
import type { MappingToken, TemplateToken } from '@actions/workflow-parser/templates/tokens/index';
import { quote } from '../../actions/shared/quote.ts';
import { text } from './expressions.ts';
import { isBasicExpression, isSequence } from './parser.ts';
import type { Problems } from './problems.ts';
import { findCounterpart, readAction } from './read-action.ts';
import { findRepository, type Repositories, type Repository } from './repositories.ts';
import { shellNames } from './shells.ts';
import { condition, find, mapping, texts } from './template-tokens.ts';
import type { RunDefaults, Step } from './workflow.ts';

/**
 * Reads in order, because a step can use the actions that an earlier checkout put into the
 * workspace.
 */
export class StepsReader {
  readonly #problems: Problems;
  readonly #repositories: Repositories;
  readonly #run: Repository;
  readonly #workflow: Repository;
  readonly #checkouts = new Map<string, Repository>();
  #unnamed = 0;

  constructor(problems: Problems, repositories: Repositories, run: Repository, workflow: Repository) {
    this.#problems = problems;
    this.#repositories = repositories;
    this.#run = run;
    this.#workflow = workflow;
  }

  read(tokens: readonly MappingToken[]): Step[] {
    return tokens.flatMap((token): Step[] => {
      const of = (key: string) => token.find(key);
      const id = of('id')?.toString() ?? `__step_${++this.#unnamed}`;
      const base = { id, name: of('name') };
      const wait = of('wait');
      if (wait) return [{ ...base, kind: 'wait', targets: texts(wait) }];
      if (of('wait-all')) return [{ ...base, kind: 'wait' }];
      const cancel = of('cancel');
      if (cancel) return [{ ...base, kind: 'cancel', target: cancel.toString() }];
      const parallel = of('parallel');
      if (parallel && isSequence(parallel)) {
        const steps = this.read([...parallel].map(mapping)).map(step => ({ ...step, background: true }));
        return [...steps, { ...base, kind: 'wait', targets: steps.map(step => step.id) }];
      }
      return this.#execution(token, base);
    });
  }

  #execution(token: MappingToken, base: { id: string; name?: TemplateToken }): Step[] {
    const of = (key: string) => token.find(key);
    const common = {
      ...base,
      condition: condition(of('if')),
      env: this.#problems.mapping(of('env')),
      continueOnError: of('continue-on-error'),
      timeoutMinutes: of('timeout-minutes'),
      background: of('background')?.toString() === 'true',
    };
    const uses = of('uses');
    if (!uses) {
      const script = of('run')!;
      checkShell(of('shell'), this.#problems);
      return [
        { ...common, kind: 'run', script, shell: of('shell'), workingDirectory: of('working-directory') },
      ];
    }
    const inputs = this.#problems.mapping(of('with'));
    try {
      const action = readAction(uses.toString(), this.#checkouts, this.#repositories);
      if (findCounterpart(uses.toString()) === 'checkout') this.#recordCheckout(inputs);
      return [{ ...common, kind: 'action', uses: uses.toString(), action, with: inputs }];
    } catch (error) {
      this.#problems.add(uses, (error as Error).message);
      return [];
    }
  }

  /** The step itself also rejects invalid inputs. */
  #recordCheckout(inputs: MappingToken | undefined): void {
    const contexts = {
      github: { repository: this.#run.name },
      job: { workflow_repository: this.#workflow.name },
    };
    const value = (name: string) => text(find(inputs, name), contexts);
    const name = value('repository') || this.#run.name;
    const repository = findRepository(this.#repositories, name);
    if (!repository) {
      const known = [...this.#repositories.keys()].join(', ');
      throw new Error(
        `actions/checkout: the repository ${quote(name)} is not available. wilab has: ${known}`,
      );
    }
    const path = normalize(value('path') || '.').replace(/^\.$|\/$/g, '');
    this.#checkouts.set(path, repository);
  }
}

export function checkShell(token: TemplateToken | undefined, problems: Problems): void {
  if (!token || isBasicExpression(token) || shellNames.includes(token.toString())) return;
  problems.addUnsupported(
    token,
    `the shell ${quote(token.toString())}. It supports ${shellNames.join(', ')}`,
  );
}

export function readDefaults(token: TemplateToken | undefined, problems: Problems): RunDefaults {
  const run = find(token, 'run');
  checkShell(find(run, 'shell'), problems);
  return { shell: find(run, 'shell'), workingDirectory: find(run, 'working-directory') };
}
