// Where the identity provider is asked: a template of the operator's, and the one address that it gives for an account. Apart from what asks,
// so that the template is checked at the start without loading what speaks HTTP.

/** Says what is wrong with a template, as one clause; null when it may be used. */
export function accountFactsUrlProblem(template: string): string | null {
  if (template.split('{user_id}').length !== 2) return 'it must hold {user_id} once';
  const url = URL.parse(accountUrl(template, 'tenant', 'user'));
  if (url === null) return 'it is no URL';
  if (url.username !== '' || url.password !== '') return 'it must not hold a user name or password';
  const [before] = template.split('{user_id}') as [string, string];
  if (!/^https?:\/\/[^/?#{}]+[/?]/.test(before)) return '{user_id} and {tenant} may stand in path and query only';
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return 'it must begin with https://';
  return isLoopback(url.hostname) ? null : 'it must begin with https://, except for this machine itself';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Each value fills its place percent-encoded. A lone "." or ".." would walk up the path all the same: the caller refuses them. */
export function accountUrl(template: string, tenant: string, userId: string): string {
  return template.replaceAll('{tenant}', () => encodeURIComponent(tenant)).replace('{user_id}', () => encodeURIComponent(userId));
}

export function namesTenant(template: string): boolean {
  return template.includes('{tenant}');
}
