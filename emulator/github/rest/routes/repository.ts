import { fullNameOf, type Repository, subjectPrefix } from '../../repositories.ts';
import {
  type Answer,
  type Call,
  created,
  ok,
  optional,
  optionalStrings,
  type Route,
  required,
} from '../call.ts';
import { GitHubError, invalidRequest } from '../errors.ts';
import { htmlUrl, nodeId, repositoryUrl, userBody } from './bodies.ts';

const path = '/repos/:owner/:repo';
const customization = `${path}/actions/oidc/customization/sub`;

/** Repositories, and the subject of their ID tokens. */
export const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    permissions: [['metadata', 'read']],
    isPublic: true,
    documentation: 'repos/repos#get-a-repository',
    answer: call => ok(repositoryBody(call)),
  },
  {
    method: 'PATCH',
    path,
    permissions: [['administration', 'write']],
    documentation: 'repos/repos#update-a-repository',
    answer: update,
  },
  {
    method: 'GET',
    path: customization,
    permissions: [['actions', 'read']],
    documentation: 'actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    answer: ({ repository }) => ok(customizationBody(repository)),
  },
  {
    method: 'PUT',
    path: customization,
    permissions: [['actions', 'write']],
    documentation: 'actions/oidc#set-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    answer: customize,
  },
];

function repositoryBody({ repository, caller: { account } }: Call): object {
  const { id, owner, name, createdAt, isPrivate } = repository;
  const isOwner = account === owner;
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: fullNameOf(repository),
    private: isPrivate,
    owner: userBody(owner),
    html_url: htmlUrl(repository),
    description: null,
    fork: false,
    url: repositoryUrl(repository),
    created_at: createdAt,
    updated_at: createdAt,
    pushed_at: createdAt,
    has_issues: repository.hasIssues,
    archived: false,
    disabled: false,
    visibility: isPrivate ? 'private' : 'public',
    default_branch: repository.defaultBranch,
    ...(account && {
      permissions: { admin: isOwner, maintain: isOwner, push: isOwner, triage: isOwner, pull: true },
    }),
  };
}

/** Of all that can be changed, whether there are issues and whether it is private. */
function update(call: Call): Answer {
  const { repository, body } = call;
  const other = Object.keys(body).find(name => !['has_issues', 'private'].includes(name));
  if (other !== undefined)
    throw new GitHubError(501, `The emulator does not change ${other} of a repository.`);
  repository.hasIssues = optional(call, 'has_issues', 'boolean') ?? repository.hasIssues;
  repository.isPrivate = optional(call, 'private', 'boolean') ?? repository.isPrivate;
  return ok(repositoryBody(call));
}

/**
 * `use_immutable_subject` says just whether somebody asked for it: it was seen as false where the prefix, and the tokens,
 * had the ids. https://github.com/Azure/azure-dev/issues/9382
 */
function customizationBody(repository: Repository): object {
  const { useDefault, includeClaimKeys, useImmutableSubject } = repository.subject;
  return {
    use_default: useDefault,
    ...(!useDefault && { include_claim_keys: includeClaimKeys }),
    use_immutable_subject: useImmutableSubject,
    sub_claim_prefix: subjectPrefix(repository),
  };
}

function customize(call: Call): Answer {
  const { repository } = call;
  const useDefault = required(call, 'use_default', 'boolean');
  const keys = optionalStrings(call, 'include_claim_keys');
  if (keys?.some(key => !/^\w+$/.test(key)) || new Set(keys).size !== (keys ?? []).length) {
    throw invalidRequest('include_claim_keys must be unique, of letters, digits and underscores.');
  }
  repository.subject = {
    useDefault,
    // Without keys the organization's template counts, and that is GitHub's own where nobody changed it.
    includeClaimKeys: keys ?? ['repo', 'context'],
    useImmutableSubject:
      optional(call, 'use_immutable_subject', 'boolean') ?? repository.subject.useImmutableSubject,
  };
  return created({});
}
