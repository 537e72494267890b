import { lookUp } from '../shared/az.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { ensureResourceGroup, tagArguments } from '../shared/resource-group.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { type BuildContext, readContext, withGathered } from './context.ts';
import type { Inputs } from './inputs.ts';

/** A registry as `az acr` prints it; what is used of it. */
interface Registry {
  loginServer: string;
}

/** A run of ACR Tasks, with what it built. */
interface Run {
  outputImages: { repository: string; tag: string; digest: string }[] | null;
}

/** The walkthrough's "Build and Deploy", its first half: registry and image. */
export async function buildImage(inputs: Inputs, tools: Tools): Promise<Record<string, string>> {
  const { registryName, repository } = inputs;
  const { report } = tools;

  const context = await readContext(inputs.context, inputs.dockerfile);
  // Named for its content, whatever else it is called: so the same content is known, and built once.
  const tags = [context.digest.slice(0, 16), ...(inputs.tag ? [inputs.tag] : [])];
  const registry = await report.step('Registry', registryName, () => ensureRegistry(inputs, tools));
  const digest = await report.step('Image', `${repository}:${tags.at(-1)}`, () =>
    ensureImage(inputs, context, tags, tools),
  );

  return { image: `${registry.loginServer}/${repository}@${digest}` };
}

async function ensureRegistry(
  { registryName, group }: Inputs,
  { az, report }: Tools,
): Promise<Done<Registry>> {
  const registry = ['--name', registryName, '--resource-group', group.name];
  const found = await lookUp<Registry>(az, ['acr', 'show', ...registry]);
  if (found) return alreadyThere(found);
  await report.step('Resource group', group.name, () => ensureResourceGroup(az, group));
  return created(
    await az<Registry>([
      ...[
        'acr',
        'create',
        ...registry,
        '--location',
        group.location,
        '--sku',
        'Standard',
        ...tagArguments(group.tags),
      ],
      // Said, because the default is about to change, and in the other mode AcrPull lets nobody pull:
      // https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
      ...['--role-assignment-mode', 'rbac'],
    ]),
  );
}

/**
 * Builds the image, unless a run has made these tags of the same content, and gives its digest (`sha256:…`). Asked of
 * Azure Resource Manager, not of the registry, whose data the caller may have no right to.
 */
async function ensureImage(
  inputs: Inputs,
  context: BuildContext,
  tags: readonly string[],
  tools: Tools,
): Promise<Done<string>> {
  const { registryName, repository, group, temporaryFolder } = inputs;
  const { az, log, time } = tools;

  const standing = await builtDigest(inputs, tags, tools);
  if (standing) return alreadyThere(standing);

  await withGathered(context, temporaryFolder, gathered =>
    az(
      [
        ...['acr', 'build', '--registry', registryName, '--resource-group', group.name],
        ...tags.flatMap(tag => ['--image', `${repository}:${tag}`]),
        ...['--file', context.dockerfile, gathered],
      ],
      // The build's log, as it is written.
      { onLine: line => log.info(`| ${line.trimEnd()}`), env: { PYTHONUNBUFFERED: '1' } },
    ),
  );
  return created(
    await poll<string>(
      { what: `Digest of ${repository}:${tags[0]}`, timeoutSeconds: 120, time, log },
      async () => {
        const digest = await builtDigest(inputs, tags, tools);
        return digest ? { value: digest } : { state: 'the build is not listed as succeeded yet' };
      },
    ),
  );
}

/** The digest of what the newest successful run with all these tags has built. */
async function builtDigest(
  { registryName, repository, group }: Inputs,
  tags: readonly string[],
  { az }: Tools,
): Promise<string | undefined> {
  const runs = await az<Run[]>([
    ...['acr', 'task', 'list-runs', '--registry', registryName, '--resource-group', group.name],
    ...['--run-status', 'Succeeded', '--top', '100', '--query', '[].{outputImages: outputImages}'],
  ]);
  for (const { outputImages } of runs) {
    const images = (outputImages ?? []).filter(image => image.repository === repository);
    if (tags.every(tag => images.some(image => image.tag === tag))) return images[0]?.digest;
  }
  return undefined;
}
