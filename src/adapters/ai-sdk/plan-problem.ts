// What of a model's plan no provider could make anything of, so that it is said at the start and not with the first case.
import type { ModelPlan } from '../../domain/explainer-plan.ts';

/** Null, or one clause that says why a plan cannot be used, whatever the provider would say. */
export function planProblem(plan: ModelPlan): string | null {
  const { provider, baseUrl, region, apiKey, accessKey } = plan;
  const url = baseUrl === null ? null : URL.parse(baseUrl);
  if (baseUrl !== null && !(url?.protocol === 'http:' || url?.protocol === 'https:')) return 'its base URL is not an http or https address';
  if (url !== null && (url.username !== '' || url.password !== '')) return 'its base URL holds a password, which belongs into its API key';
  if (baseUrl === null && ['azure', 'ollama', 'compatible'].includes(provider)) return `${provider} needs a base URL`;
  if (url !== null && url.search !== '' && !['azure', 'ollama', 'compatible'].includes(provider))
    return `a base URL for ${provider} has no query`;
  const keys = [apiKey, accessKey?.id, accessKey?.secret, accessKey?.sessionToken];
  if (keys.some((key) => typeof key === 'string' && !/^[\x21-\x7e]+$/.test(key)))
    return 'its key is empty or holds a blank, a line break or another character that no key has';
  if (provider !== 'bedrock') return null;
  if (region === null && (baseUrl === null || accessKey !== null)) return 'bedrock needs a region';
  return apiKey === null && accessKey === null ? 'bedrock needs an API key or an access key' : null;
}
