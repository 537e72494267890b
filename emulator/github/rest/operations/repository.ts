import { fullNameOf, type Repository, subjectPrefix } from '../../repository.ts';
import { GitHubError, invalidRequest } from '../errors.ts';
import { accountBody, htmlUrl, nodeId, repositoryUrl } from '../representations.ts';
import {
  created,
  type Operation,
  ok,
  optionalMember,
  optionalStrings,
  type RestReply,
  type RestRequest,
  requiredMember,
} from '../request.ts';

const path = '/repos/:owner/:repo';
const customization = `${path}/actions/oidc/customization/sub`;

export const repositoryOperations: readonly Operation[] = [
  {
    method: 'GET',
    path,
    permissions: [['metadata', 'read']],
    isPublic: true,
    documentation: 'repos/repos#get-a-repository',
    handler: request => ok(repositoryBody(request)),
  },
  {
    method: 'PATCH',
    path,
    permissions: [['administration', 'write']],
    documentation: 'repos/repos#update-a-repository',
    handler: update,
  },
  {
    method: 'GET',
    path: customization,
    permissions: [['actions', 'read']],
    documentation: 'actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    handler: ({ repository }) => ok(customizationBody(repository)),
  },
  {
    method: 'PUT',
    path: customization,
    permissions: [['actions', 'write']],
    documentation: 'actions/oidc#set-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    handler: customize,
  },
];

function repositoryBody({ repository, requester: { account } }: RestRequest): object {
  const { id, owner, name, createdAt, isPrivate } = repository;
  const isOwner = account === owner;
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: fullNameOf(repository),
    private: isPrivate,
    owner: accountBody(owner),
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

/** Only `has_issues` and `private` can be changed. */
function update(request: RestRequest): RestReply {
  const { repository, body } = request;
  const other = Object.keys(body).find(name => !['has_issues', 'private'].includes(name));
  if (other !== undefined)
    throw new GitHubError(501, `The emulator does not support changes of "${other}" of a repository.`);
  repository.hasIssues = optionalMember(request, 'has_issues', 'boolean') ?? repository.hasIssues;
  repository.isPrivate = optionalMember(request, 'private', 'boolean') ?? repository.isPrivate;
  return ok(repositoryBody(request));
}

/** As requested by a client. It was false where tokens had the IDs: https://github.com/Azure/azure-dev/issues/9382 */
function customizationBody(repository: Repository): object {
  const { useDefault, includeClaimKeys, useImmutableSubject } = repository.subject;
  return {
    use_default: useDefault,
    ...(!useDefault && { include_claim_keys: includeClaimKeys }),
    use_immutable_subject: useImmutableSubject,
    sub_claim_prefix: subjectPrefix(repository),
  };
}

function customize(request: RestRequest): RestReply {
  const { repository } = request;
  const useDefault = requiredMember(request, 'use_default', 'boolean');
  const keys = optionalStrings(request, 'include_claim_keys');
  if (keys?.some(key => !/^\w+$/.test(key)) || new Set(keys).size !== (keys ?? []).length) {
    throw invalidRequest('include_claim_keys must be unique, of letters, digits and underscores.');
  }
  repository.subject = {
    useDefault,
    // The organization's template, which is GitHub's default here.
    includeClaimKeys: keys ?? ['repo', 'context'],
    useImmutableSubject:
      optionalMember(request, 'use_immutable_subject', 'boolean') ?? repository.subject.useImmutableSubject,
  };
  return created({});
}
