import { type AccountInputs, currentCloud } from './account.ts';
import type { Az } from './az.ts';
import { CommandFailed, missingTool } from './command-errors.ts';
import { describeFailure } from './failures.ts';
import { InvalidInputs } from './inputs.ts';
import type { Kubectl } from './kubectl.ts';
import { logIn, loginExpired } from './login.ts';
import { type DeniedAction, deniedActionIn, findPendingRole } from './pending-role-assignments.ts';
import { allows, permissionsAt } from './permissions.ts';
import { quote } from './quote.ts';
import { poll, TimedOut } from './retry.ts';
import { ROLES } from './role-assignments.ts';
import { readToolVersions, recordToolVersions } from './tool-versions.ts';
import type { Tools } from './tools.ts';
import { isOlder } from './versions.ts';

export interface RequiredPermission {
  /** Such as Microsoft.ContainerService/managedClusters/write. */
  action: string;
  /** '' for the subscription. A group that does not exist yet inherits from the subscription. */
  resourceGroup: string;
  /** Resource ID of an existing resource: a role on it is enough. */
  resource?: string | undefined;
  onData?: boolean;
  /** For roleAssignments/write: the role to assign. */
  role?: keyof typeof ROLES;
  /** The built-in role to assign: "Managed Identity Contributor". */
  remedy: string;
  /** Called only if the permission is missing. True if nothing that needs it is left to do. */
  unless?: () => Promise<boolean>;
}

export interface Requirements<State> {
  /** az is always required; kubectl only if the work is done in a cluster. */
  kubectl?: boolean;
  permissions?: readonly RequiredPermission[];
  /** Services for which az needs an access token later, when the login might be too old to request one. */
  tokens?: readonly TokenAudience[];
  /** Reads what exists, once az is known to be logged in to the right account. Changes nothing. */
  readState?: () => Promise<State>;
  requirementsOf?: (state: State) => StateRequirements | Promise<StateRequirements>;
}

/** A service that az requests its own access token for. */
export type TokenAudience = 'vault' | 'registry';

export interface StateRequirements {
  permissions?: readonly RequiredPermission[];
  /** What prevents the work, each with its remedy. */
  problems?: readonly string[];
}

/** The account that az uses. */
export interface Account {
  subscriptionId: string;
  tenantId: string;
}

/** Older versions were not tested. GitHub's hosted runners have newer ones. */
const TOOLS = {
  az: { oldest: '2.74.0', link: 'https://learn.microsoft.com/cli/azure/install-azure-cli' },
  kubectl: { oldest: '1.27.0', link: 'https://kubernetes.io/docs/tasks/tools/' },
};

/**
 * Checks, before anything is created, that the tools exist, that az is logged in to the expected account, and that the
 * caller is allowed to do the work. If client-id is given, logs in first.
 * @returns the account, and the state that `readState` read
 * @throws {InvalidInputs} with all problems, each with its remedy
 */
export async function preflight<State = undefined>(
  inputs: AccountInputs,
  requirements: Requirements<State>,
  tools: Pick<Tools, 'az' | 'useSubscription' | 'kubectl' | 'time' | 'log'>,
): Promise<Account & { state: State }> {
  const { PATH: path } = process.env;
  const folder = inputs.temporaryFolder;
  const known = folder ? await readToolVersions(folder, path) : {};
  const [az, kubectl, account] = await Promise.all([
    checkTool('az', async () => known.az ?? (await azVersion(tools.az))),
    requirements.kubectl
      ? checkTool('kubectl', async () => known.kubectl ?? (await kubectlVersion(tools.kubectl(''))))
      : undefined,
    readAccount(inputs, tools),
  ]);
  const problems = [az, kubectl, account].filter(part => part instanceof Problem).map(({ text }) => text);
  if (!(account instanceof Problem)) {
    problems.push(...unexpectedAccount(inputs, account));
    tools.useSubscription(account.subscriptionId);
    if (problems.length === 0) {
      const [tokenProblems, checked] = await Promise.all([
        requestTokens(requirements.tokens ?? [], tools.az),
        checkRequirements(account, inputs, requirements, tools),
      ]);
      problems.push(...tokenProblems, ...checked.problems);
      if (problems.length === 0) {
        if (folder && !(az instanceof Problem) && !(kubectl instanceof Problem))
          await recordToolVersions({ az, kubectl }, folder, path);
        const versions = `az ${az}${kubectl === undefined ? '' : `, kubectl ${kubectl}`}`;
        tools.log.info(
          `Preflight: ${versions}, subscription ${account.subscriptionId}, tenant ${account.tenantId}.`,
        );
        return { ...account, state: checked.state as State };
      }
    }
  }
  throw new InvalidInputs([...new Set(problems)], 'problems to fix before this step can run');
}

/**
 * Lets az request the access tokens that it needs later, and keep them: GitHub's token, which az shows for each, lives five
 * minutes.
 * @returns a problem for each that the login is too old for. Another refusal is left to the command that needs the token.
 */
async function requestTokens(audiences: readonly TokenAudience[], az: Az): Promise<string[]> {
  const problems = audiences.map(async audience => {
    try {
      const resource = audience === 'registry' ? REGISTRY_RESOURCE : await vaultResource(az);
      // Prints only the time at which it expires.
      await az(['account', 'get-access-token', '--resource', resource, '--query', 'expiresOn']);
      return [];
    } catch (error) {
      if (loginExpired(error)) return [describeFailure(error)];
      if (error instanceof CommandFailed) return [];
      throw error;
    }
  });
  return (await Promise.all(problems)).flat();
}

/** The same in each of Azure's clouds. */
const REGISTRY_RESOURCE = 'https://containerregistry.azure.net';

async function vaultResource(az: Az): Promise<string> {
  const { suffixes } = await currentCloud(az);
  return `https://${suffixes.keyvaultDns.replace(/^\./, '')}`;
}

interface Checked<State> {
  problems: string[];
  state?: State | undefined;
}

/**
 * Reads the state and checks what the work needs in it. A permission that a role assigned minutes ago grants is waited for.
 * One that no such role grants is reported without delay.
 */
async function checkRequirements<State>(
  account: Account,
  { retrySeconds }: AccountInputs,
  requirements: Requirements<State>,
  { az, time, log }: Pick<Tools, 'az' | 'time' | 'log'>,
): Promise<Checked<State>> {
  let unmet: string[] = [];
  const options = {
    what: 'Permissions',
    timeoutSeconds: retrySeconds,
    firstWaitSeconds: 5,
    longestWaitSeconds: 30,
  };
  try {
    return await poll<Checked<State>>({ ...options, time, log }, async () => {
      const { state, problems, missing } = await checkOnce(account, requirements, az);
      unmet = [...problems, ...missing.map(({ text }) => text)];
      if (problems.length > 0 || missing.length === 0) return { value: { problems: unmet, state } };
      const roles = await Promise.all(missing.map(({ denied }) => findPendingRole(az, denied, new Date())));
      if (!roles.includes(undefined))
        return { state: `Azure does not apply the role ${[...new Set(roles)].join(' and ')} yet` };
      const refused = missing.find(({ error }) => error !== undefined);
      if (refused) throw refused.error;
      return { value: { problems: unmet, state } };
    });
  } catch (error) {
    if (error instanceof TimedOut) return { problems: unmet };
    throw error;
  }
}

interface MissingPermission {
  text: string;
  denied: DeniedAction;
  error?: unknown;
}

async function checkOnce<State>(
  account: Account,
  requirements: Requirements<State>,
  az: Az,
): Promise<{
  state?: State | undefined;
  problems: readonly string[];
  missing: readonly MissingPermission[];
}> {
  try {
    const state = await requirements.readState?.();
    const { permissions = [], problems = [] } = (await requirements.requirementsOf?.(state as State)) ?? {};
    const all = [...(requirements.permissions ?? []), ...permissions];
    return { state, problems, missing: await missingPermissions(account, all, az) };
  } catch (error) {
    const denied = deniedActionIn(error);
    if (!denied) throw error;
    return { problems: [], missing: [{ text: describeFailure(error), denied, error }] };
  }
}

class Problem {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

async function checkTool(tool: keyof typeof TOOLS, ask: () => Promise<string>): Promise<string | Problem> {
  const { oldest, link } = TOOLS[tool];
  try {
    const version = await ask();
    if (!isOlder(version, oldest)) return version;
    return new Problem(`${tool} has version ${quote(version)}. Install ${oldest} or later: ${link}`);
  } catch (error) {
    if (isMissing(error)) return notOnPath(tool);
    throw error;
  }
}

async function azVersion(az: Az): Promise<string> {
  return (await az<{ 'azure-cli': string }>(['version']))['azure-cli'];
}

async function kubectlVersion(kubectl: Kubectl): Promise<string> {
  const text = await kubectl(['version', '--client', '--output', 'json']);
  const { clientVersion } = JSON.parse(text) as { clientVersion: { gitVersion: string } };
  return clientVersion.gitVersion.replace(/^v/, '');
}

export function isMissing(error: unknown): boolean {
  return missingTool(error) !== undefined;
}

function notOnPath(tool: keyof typeof TOOLS): Problem {
  const { oldest, link } = TOOLS[tool];
  return new Problem(`${tool} was not found on PATH. Install ${oldest} or later: ${link}`);
}

async function readAccount(
  inputs: AccountInputs,
  tools: Pick<Tools, 'az' | 'time' | 'log'>,
): Promise<Account | Problem> {
  try {
    if (inputs.clientId) await logIn(inputs, tools);
    const { id, tenantId } = await tools.az<{ id: string; tenantId: string }>(['account', 'show']);
    return { subscriptionId: id, tenantId };
  } catch (error) {
    if (isMissing(error)) return notOnPath('az');
    if (!(error instanceof CommandFailed)) throw error;
    if (error.is('login-required')) return new Problem(NOT_LOGGED_IN);
    if (error.explanation) return new Problem(describeFailure(error));
    throw error;
  }
}

const NOT_LOGGED_IN = `az is not logged in, and the input client-id is empty. Set these inputs, so that the action logs in itself:
    with:
      client-id: \${{ vars.AZURE_CLIENT_ID }}
      tenant-id: \${{ vars.AZURE_TENANT_ID }}
      subscription-id: \${{ vars.AZURE_SUBSCRIPTION_ID }}
  Also set permissions: id-token: write for the job. If the repository does not have these variables, npm run setup-azure creates them.`;

function unexpectedAccount(inputs: AccountInputs, account: Account): string[] {
  const problems: string[] = [];
  if (inputs.tenantId && !same(inputs.tenantId, account.tenantId))
    problems.push(
      `tenant-id is ${quote(inputs.tenantId)}, but az is logged in to tenant ${quote(account.tenantId)}. Correct the input, or log in to that tenant: az login --tenant ${inputs.tenantId}`,
    );
  if (inputs.subscriptionId && !same(inputs.subscriptionId, account.subscriptionId))
    problems.push(
      `subscription-id is ${quote(inputs.subscriptionId)}, but az uses subscription ${quote(account.subscriptionId)}. Correct the input, or run: az account set --subscription ${inputs.subscriptionId}`,
    );
  return problems;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Permissions that cannot be read are not reported: Azure decides when the command runs. */
async function missingPermissions(
  account: Account,
  required: readonly RequiredPermission[],
  az: Az,
): Promise<MissingPermission[]> {
  const subscription = `/subscriptions/${account.subscriptionId}`;
  const scopes = new Map<string, ReturnType<typeof permissionsAt>>();
  const at = (scope: string) => {
    const known = scopes.get(scope) ?? permissionsAt(az, scope);
    scopes.set(scope, known);
    return known;
  };
  const problems = await Promise.all(
    required.map(async ({ action, resourceGroup, resource, onData, role, remedy, unless }) => {
      const group = resourceGroup && `${subscription}/resourceGroups/${resourceGroup}`;
      // A permission on a scope holds for everything in it, so the first scope that has it is enough. A scope that does not
      // exist, or that the caller is not allowed to read, proves nothing.
      let seen = false;
      for (const scope of [subscription, group, resource].filter(text => text)) {
        const permissions = await at(scope as string);
        seen ||= permissions !== undefined;
        if (permissions && allows(permissions, action, { onData, roleId: role && ROLES[role] })) return [];
      }
      if (!seen) return [];
      if (await unless?.()) return [];
      const where = resourceGroup
        ? `resource group ${quote(resourceGroup)}`
        : `subscription ${quote(account.subscriptionId)}`;
      const what = role ? `assign the role ${role}` : `perform ${action}`;
      return [
        {
          text: `The identity that az is logged in as is not allowed to ${what} in ${where}. Assign it the role ${remedy} there, and run this step again. It waits until Azure applies a new assignment.`,
          denied: { action, scope: resource ?? (group || subscription), onData, roleId: role && ROLES[role] },
        },
      ];
    }),
  );
  return problems.flat();
}
