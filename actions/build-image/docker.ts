import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setSecret } from '@actions/core';
import type { Program } from '../shared/command.ts';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed } from '../shared/failures.ts';
import { bothEnds, harmless } from '../shared/log.ts';
import { isMissing } from '../shared/preflight.ts';
import { alreadyThere, created, type Done } from '../shared/report.ts';
import { poll } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { unpullable, unpullableIn } from './base-image.ts';
import { withGathered } from './context.ts';
import type { Image } from './image.ts';
import { findImage, notFound, pushedDigest } from './registry-image.ts';
import { onceMore, Throttled, throttlingIn } from './throttling.ts';

/** What is to be done where docker cannot build. */
export const DOCKER_REMEDY =
  'Use a runner that has docker, as GitHub’s hosted Ubuntu runners do, and let its daemon run.';
const DOCKER_HELP = 'https://docs.docker.com/engine/daemon/troubleshoot/';

/** Why docker cannot build here; undefined where it can. */
export async function dockerProblem({ program }: Pick<Tools, 'program'>): Promise<string | undefined> {
  try {
    await program('docker')(['version', '--format', '{{.Server.Version}}']);
    return undefined;
  } catch (error) {
    if (isMissing(error)) return 'The image is to be built with docker, which was not found on PATH.';
    if (!(error instanceof CommandFailed)) throw error;
    const said = harmless(bothEnds(error.errorText, 500)).replaceAll('\n', ' ');
    return `The image is to be built with docker, which has no daemon here: ${said}`;
  }
}

/**
 * Builds the image with this machine's docker and pushes it, unless the registry has these tags already.
 * @param why it is docker that builds, where it was not asked for: a sentence.
 * @returns its digest (`sha256:…`), as the registry tells it.
 * @throws {ActionFailed} where there is no docker, or no daemon.
 */
export async function ensureByDocker(image: Image, tools: Tools, why = ''): Promise<Done<string>> {
  const { inputs, registry, registryIsNew, context, tags } = image;
  const { az, time, log, retrySeconds } = tools;
  const { digest, push: pushed } = registryIsNew ? notFound(tags, true) : await findImage(inputs, tags, az);
  if (digest) return alreadyThere(digest);

  const problem = await dockerProblem(tools);
  if (problem) throw new ActionFailed(`${why} ${problem}`.trim(), DOCKER_REMEDY, DOCKER_HELP);
  const docker = throttled(tools.program('docker'));
  const names = pushed.map(tag => `${registry.loginServer}/${inputs.repository}:${tag}`);
  await withGathered(context, inputs.temporaryFolder, gathered =>
    onceMore(`Build of ${names[0]}`, tools, () =>
      docker([
        // What AKS's nodes are, and what ACR Tasks build for, whatever this machine is.
        ...['build', '--platform', 'linux/amd64', '--file', context.dockerfile],
        // A base image that this machine has may be older than the one behind its tag.
        ...(context.basesArePinned ? [] : ['--pull']),
        ...names.flatMap(name => ['--tag', name]),
        gathered,
      ]).catch((error: unknown) => {
        const line = error instanceof CommandFailed && unpullableIn(error.errorText);
        throw line ? unpullable(line, context.dockerfile) : error;
      }),
    ),
  );
  await push(image, names, docker, tools);
  return created(
    await poll<string>(
      { what: `Digest of ${names[0]}`, timeoutSeconds: retrySeconds, time, log },
      async () => {
        const shown = await pushedDigest(inputs, pushed, az);
        return shown ? { value: shown } : { state: 'the registry does not show it yet' };
      },
    ),
  );
}

/** With a token it says that it is this user. https://learn.microsoft.com/azure/container-registry/container-registry-authentication#az-acr-login-with---expose-token */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/** Pushes with a login that is only for this: docker keeps it in a folder that nobody else reads and that is removed. */
async function push(
  { inputs, registry }: Image,
  names: readonly string[],
  docker: Program,
  tools: Tools,
): Promise<void> {
  const folder = await mkdtemp(join(inputs.temporaryFolder ?? tmpdir(), 'docker-'));
  try {
    // The folder stands for docker's own settings; which daemon was built with is one of them.
    const host = await daemonOf(docker);
    const env = { DOCKER_CONFIG: folder, ...(host && { DOCKER_HOST: host }) };
    const { accessToken } = await tools.az<{ accessToken: string }>([
      ...['acr', 'login', '--name', inputs.registryName, '--expose-token'],
    ]);
    setSecret(accessToken);
    const login = ['login', registry.loginServer, '--username', TOKEN_USER, '--password-stdin'];
    await docker(login, { env, input: accessToken });
    for (const name of names) await onceMore(`Push of ${name}`, tools, () => docker(['push', name], { env }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The address of the daemon that docker works with; '' where it does not tell, as podman in its place. */
async function daemonOf(docker: Program): Promise<string> {
  try {
    return (await docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])).trim();
  } catch (error) {
    if (error instanceof CommandFailed) return '';
    throw error;
  }
}

/** docker, whose throttled failures can be told from others. */
function throttled(docker: Program): Program {
  return async (args, options) => {
    try {
      return await docker(args, options);
    } catch (error) {
      const line = error instanceof CommandFailed && throttlingIn(error.errorText);
      throw line ? new Throttled(line) : error;
    }
  };
}
