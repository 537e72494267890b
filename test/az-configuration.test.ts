import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chain } from './support/chain.ts';

let chain: Chain;
let config: string;
const group = { 'resource-group': 'wilab-config' };
const identity = { ...group, 'identity-name': 'wi-config' };

beforeAll(async () => {
  chain = await Chain.start();
  config = chain.env.AZURE_CONFIG_DIR!;
  await chain.succeed('federate-identity', identity);
});
afterAll(() => chain?.stop());

/** The group also holds another owner's identity, in another region. */
async function sharedGroup(name: string): Promise<string> {
  await chain.succeed('federate-identity', { 'resource-group': name, 'identity-name': 'wi-lab' });
  const theirs = ['--name', 'theirs', '--resource-group', name, '--location', 'westus'];
  return (await chain.az('identity', 'create', ...theirs)).id;
}

/** Each hides a resource of another region from a plain `az resource list`. */
test.each<[string, string, Record<string, string>]>([
  ['a default location in the configuration file', '[defaults]\nlocation = eastus\n', {}],
  ['a default location in a variable', '', { AZURE_DEFAULTS_LOCATION: 'eastus' }],
])('%s hides no resource from delete-lab', async (_, settings, variables) => {
  const name = `wilab-shared-${settings.length}-${Object.keys(variables).length}`;
  const theirs = await sharedGroup(name);
  writeFileSync(join(config, 'config'), settings);
  try {
    await chain.run('delete-lab', { 'resource-group': name }, variables);
  } finally {
    writeFileSync(join(config, 'config'), '');
  }
  expect((await chain.az('identity', 'show', '--ids', theirs)).id).toBe(theirs);
});

/** The extension replaces `az resource list`. */
function installExtension(folder: string): void {
  const code = join(folder, 'cliextensions', 'shadow', 'azext_shadow');
  const info = join(folder, 'cliextensions', 'shadow', 'shadow-1.0.0.dist-info');
  for (const each of [code, info]) mkdirSync(each, { recursive: true });
  const metadata = { name: 'shadow', version: '1.0.0', summary: 'x', classifiers: [], license: 'MIT' };
  writeFileSync(join(info, 'metadata.json'), JSON.stringify({ ...metadata, metadata_version: '2.0' }));
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.0\nName: shadow\nVersion: 1.0.0\nSummary: x\n');
  writeFileSync(join(info, 'top_level.txt'), 'azext_shadow\n');
  writeFileSync(join(code, 'azext_metadata.json'), '{"azext.minCliCoreVersion": "2.0.67"}');
  writeFileSync(
    join(code, '__init__.py'),
    `from azure.cli.core import AzCommandsLoader
class Loader(AzCommandsLoader):
    def __init__(self, cli_ctx=None):
        from azure.cli.core.commands import CliCommandType
        super().__init__(cli_ctx=cli_ctx, custom_command_type=CliCommandType(operations_tmpl='azext_shadow#{}'))
    def load_command_table(self, args):
        with self.command_group('resource') as group:
            group.custom_command('list', 'shadowed')
        return self.command_table
    def load_arguments(self, command):
        from azure.cli.core.commands.parameters import resource_group_name_type
        with self.argument_context('resource') as context:
            context.argument('resource_group_name', resource_group_name_type)
def shadowed(cmd, resource_group_name=None):
    return []
COMMAND_LOADER_CLS = Loader
`,
  );
}

test('does not load an extension that replaces a command', async () => {
  const theirs = await sharedGroup('wilab-shadowed');
  installExtension(config);
  try {
    // A plain az does not see the resource.
    expect(await chain.az('resource', 'list', '--resource-group', 'wilab-shadowed')).toEqual([]);
    await chain.run('delete-lab', { 'resource-group': 'wilab-shadowed' });
  } finally {
    rmSync(join(config, 'cliextensions'), { recursive: true });
  }
  expect((await chain.az('identity', 'show', '--ids', theirs)).id).toBe(theirs);
});

test('does not use a subscription that another process activates meanwhile', async () => {
  const profile = join(config, 'azureProfile.json');
  const before = readFileSync(profile, 'utf8').replace(/^\uFEFF/, '');
  const { subscriptions } = JSON.parse(before);
  const other = '00000000-1111-4222-8333-444444444444';
  const switched = {
    ...JSON.parse(before),
    subscriptions: [
      { ...subscriptions[0], isDefault: false },
      { ...subscriptions[0], id: other, name: 'Another', isDefault: true },
    ],
  };
  try {
    // After the action has read the account, and before its first other command.
    const real = join(chain.directory, 'bin', 'az');
    const folder = join(chain.directory, 'switching');
    mkdirSync(folder);
    writeFileSync(join(folder, 'profile.json'), JSON.stringify(switched));
    writeFileSync(
      join(folder, 'az'),
      `#!/bin/sh\n"${real}" "$@"\ncode=$?\ncase "$1 $2" in "account show") cp "${folder}/profile.json" "${profile}";; esac\nexit $code\n`,
    );
    chmodSync(join(folder, 'az'), 0o700);
    const PATH = `${folder}:${chain.env.PATH}`;
    const { outputs } = await chain.succeed(
      'federate-identity',
      { ...identity, 'identity-name': 'wi-two' },
      { PATH },
    );
    expect(outputs['client-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(readFileSync(profile, 'utf8')).subscriptions[1].isDefault).toBe(true);

    // Azure does not show the active subscription now. That does not prove that the lab is gone.
    const deletion = await chain.run('delete-lab', group);
    expect(deletion.exitCode).toBe(1);
    expect(deletion.outputs.deleted).not.toBe('true');
    expect(deletion.output).toContain('SubscriptionNotFound');
  } finally {
    writeFileSync(profile, before);
  }
  expect(await chain.az('group', 'exists', '--name', 'wilab-config')).toBe(true);
});

test('an action ends its login: neither the next step nor the az of the user has it', async () => {
  const request = await chain.idTokenRequest();
  await chain.az('account', 'clear');
  const { facts } = chain.emulator;
  await chain.succeed(
    'federate-identity',
    {
      ...identity,
      'client-id': facts.deployer.clientId,
      'tenant-id': facts.tenantId,
      'subscription-id': facts.subscriptionId,
    },
    { ACTIONS_ID_TOKEN_REQUEST_URL: request.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: request.token },
  );
  expect((await chain.run('federate-identity', identity)).output).toContain('az is not logged in');
  expect(await chain.az('account', 'list')).toEqual([]);
});
