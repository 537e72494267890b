import { type Account, fullNameOf, type Repository } from '../../repositories.ts';
import { api } from '../call.ts';

/** An opaque id, as GraphQL has them. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');
}

/** The address of a repository in the API. */
export function repositoryUrl(repository: Repository): string {
  return `${api}/repos/${fullNameOf(repository)}`;
}

/** The address of a repository for people. */
export function htmlUrl(repository: Repository): string {
  return `https://github.com/${fullNameOf(repository)}`;
}

/** A user as others show it. */
export function userBody({ login, id, type }: Account): object {
  const url = `${api}/users/${encodeURIComponent(login)}`;
  const page = type === 'Bot' ? `apps/${login.replace(/\[bot\]$/, '')}` : login;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${page}`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}
