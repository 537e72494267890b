import { setSecret } from '@actions/core';
import type { Az } from '../az.ts';
import type { InputParser } from '../inputs.ts';
import type { Rule } from '../naming-rules.ts';
import { labTagsProblem, type Tags } from '../ownership.ts';
import { quote } from '../quote.ts';
import { type Group, isBelow, kindOf, type Resource, VAULT } from './inventory.ts';

/** The inputs of delete-lab and sweep-labs that say whose labs are deleted. */
export interface OwnerInputs {
  /** OWNER/NAME; '' for labs that were created outside GitHub, without the tag `repository`. */
  repository: string;
  /** Client IDs, object IDs, or user names. */
  createdBy: readonly string[];
}

const fullRepositoryName: Rule = {
  what: 'a repository',
  valid: 'OWNER/NAME',
  link: 'https://docs.github.com/repositories/creating-and-managing-repositories/about-repositories',
  accepts: text => /^[A-Za-z0-9][\w-]*\/[\w.-]{1,100}$/.test(text),
};

const creators: Rule = {
  what: 'a list of identities',
  valid: 'client IDs, object IDs, or user names such as somebody@example.com, separated by commas',
  link: 'https://learn.microsoft.com/rest/api/resources/resources/get#systemdata',
  accepts: text => text.split(',').every(name => /^[A-Za-z0-9][\w.+#@-]{0,255}$/.test(name.trim())),
};

export function ownerInputs(input: InputParser, environment: NodeJS.ProcessEnv): OwnerInputs {
  return {
    repository: input.optional('repository', fullRepositoryName, environment.GITHUB_REPOSITORY ?? ''),
    createdBy: input
      .optional('created-by', creators)
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== ''),
  };
}

export interface Proof {
  repository: string;
  /** Names and IDs of those who create labs, in lower case. */
  creators: ReadonlySet<string>;
  /** Why something with these tags is not due yet; undefined when it is due. */
  notDue: (tags: Tags | null | undefined) => string | undefined;
  /** Nobody named the resource group: tags alone prove nothing. */
  unattended: boolean;
}

/**
 * The names under which Azure records the identity that az is logged in as: `systemData.createdBy` holds the client ID of an
 * application and the name of a user. The claims of its token contain them.
 * https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export async function callerNames(az: Az): Promise<string[]> {
  const token = await az<string>(['account', 'get-access-token', '--query', 'accessToken']);
  setSecret(token);
  const claims: Record<string, unknown> = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
  );
  return ['appid', 'azp', 'oid', 'upn', 'unique_name', 'preferred_username'].flatMap(name =>
    typeof claims[name] === 'string' ? [claims[name]] : [],
  );
}

/** @param due see {@link Proof} */
export async function proofFor(
  { repository, createdBy }: OwnerInputs,
  due: Pick<Proof, 'notDue' | 'unattended'>,
  az: Az,
): Promise<Proof> {
  const names = [...createdBy, ...(await callerNames(az))];
  return { repository, creators: new Set(names.map(name => name.toLowerCase())), ...due };
}

export function groupProblem({ tags, managedBy }: Group, { repository, notDue }: Proof): string | undefined {
  if (managedBy) return `${quote(managedBy)} manages it`;
  return labTagsProblem(tags, repository) ?? notDue(tags);
}

/** In a lab's group, the expiry of the group also counts, because later runs renew it. */
export function resourceProblem(resource: Resource, group: Group, proof: Proof): string | undefined {
  const { repository, creators, notDue, unattended } = proof;
  const { tags, type, systemData } = resource;
  if (group.managedBy) return `${quote(group.managedBy)} manages its resource group`;
  const notOurs = labTagsProblem(tags, repository);
  if (notOurs) return notOurs;
  if (!kindOf(resource)) return `the lab creates nothing of type ${type}`;
  const createdBy = systemData?.createdBy;
  if (createdBy && !creators.has(createdBy.toLowerCase()))
    return `${quote(createdBy)} created it; if that identity creates labs, add it to the input created-by`;
  const groupIsLabs = labTagsProblem(group.tags, repository) === undefined;
  if (!createdBy && unattended && !groupIsLabs)
    return "Azure does not record who created it, and its resource group is not the lab's; delete it with delete-lab";
  return notDue(tags) ?? (groupIsLabs ? notDue(group.tags) : undefined);
}

export interface Kept {
  resource: Resource;
  reason: string;
}

export interface Lab {
  group: Group;
  /** Why the group stays even when it is empty; undefined when it is the lab's and due. */
  groupStays: string | undefined;
  /** What is proven to be the lab's, and due. */
  resources: readonly Resource[];
  /** The lab's, but they contain something that is not. */
  blocked: readonly Kept[];
  others: readonly Kept[];
}

export function findLab(group: Group, all: readonly Resource[], proof: Proof): Lab {
  const resources: Resource[] = [];
  const blocked: Kept[] = [];
  const others: Kept[] = [];
  for (const resource of all) {
    const parent = all.find(other => isBelow(resource.id, other.id));
    const problem = parent
      ? (labTagsProblem(resource.tags, proof.repository) ?? resourceProblem(parent, group, proof))
      : resourceProblem(resource, group, proof);
    if (problem !== undefined) others.push({ resource, reason: problem });
    else if (!parent) {
      // The deletion of the resource deletes everything below it.
      const child = all.find(
        ({ id, tags }) => isBelow(id, resource.id) && labTagsProblem(tags, proof.repository) !== undefined,
      );
      if (child) blocked.push({ resource, reason: `it contains ${child.id}, which is not the lab's` });
      else resources.push(resource);
    }
  }
  return { group, groupStays: groupProblem(group, proof), resources, blocked, others };
}

export function isVault(resource: Resource): boolean {
  return kindOf(resource)?.type === VAULT;
}
