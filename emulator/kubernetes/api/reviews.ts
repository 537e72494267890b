import { wholeSeconds } from '../../timestamps.ts';
import type { Attributes, Authorizer, User } from './authorization.ts';
import { type ApiObject, type Fields, fields, text } from './fields.ts';
import { cause, invalid, StatusError } from './status.ts';
import { InvalidToken } from './tokens.ts';

export interface Reviewers {
  readonly authorizer: Authorizer;
  /** @throws InvalidToken */
  readonly authenticate: (
    token: string,
    audiences: readonly string[],
  ) => Promise<{ user: User; audiences: string[] }>;
}

/** Answers a review with the object and its status. @throws StatusError 422 for an incomplete review */
export async function review(
  object: ApiObject,
  user: User,
  { authorizer, authenticate }: Reviewers,
): Promise<ApiObject> {
  const spec = fields(object.spec);
  const answer = (status: Fields): ApiObject => ({
    ...object,
    metadata: { ...object.metadata },
    status,
  });
  switch (object.kind) {
    case 'SelfSubjectReview':
      return {
        ...answer({ userInfo: userInfo(user) }),
        metadata: { creationTimestamp: wholeSeconds() },
      };
    case 'SelfSubjectAccessReview':
      return answer(access(authorizer, user, spec, object.kind));
    case 'SubjectAccessReview': {
      const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
      return answer(access(authorizer, { name: text(spec.user), groups }, spec, object.kind));
    }
    case 'SelfSubjectRulesReview': {
      const namespace = text(spec.namespace);
      if (!namespace) throw new StatusError(400, 'BadRequest', 'no namespace on request');
      const rules = authorizer.rules(user, namespace);
      return answer({
        resourceRules: rules.filter(({ resources }) => resources),
        nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs),
        incomplete: false,
      });
    }
    default: {
      const asked = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
      const checked = await tokenStatus(text(spec.token), asked, authenticate);
      return answer(checked);
    }
  }
}

async function tokenStatus(
  token: string,
  asked: readonly string[],
  authenticate: Reviewers['authenticate'],
): Promise<Fields> {
  if (!token)
    throw invalid('TokenReview.authentication.k8s.io', '', [
      cause.required('spec.token', 'token is required for TokenReview in authentication'),
    ]);
  try {
    const { user, audiences } = await authenticate(token, asked);
    return { authenticated: true, user: userInfo(user), audiences };
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error;
    return { user: {}, error: 'invalid bearer token' };
  }
}

function userInfo({ name, uid, groups, extra }: User): Fields {
  return { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) };
}

function access(authorizer: Authorizer, user: User, spec: Fields, kind: string): Fields {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    // kube-apiserver omits the name of this kind.
    const named = kind === 'SelfSubjectAccessReview' ? '' : kind;
    throw invalid(`${named}.authorization.k8s.io`, '', [cause.invalid('spec.resourceAttributes', null, why)]);
  }
  return {
    allowed: authorizer.allows(
      user,
      resourceAttributes ? attributes(fields(resourceAttributes)) : path(fields(nonResourceAttributes)),
    ),
  };
}

function attributes({ verb, group, resource, subresource, namespace, name }: Fields): Attributes {
  return {
    verb: text(verb),
    group: text(group),
    resource: text(resource),
    ...(text(subresource) && { subresource: text(subresource) }),
    ...(text(namespace) && { namespace: text(namespace) }),
    ...(text(name) && { name: text(name) }),
  };
}

function path({ verb, path }: Fields): Attributes {
  return { verb: text(verb), path: text(path) };
}
