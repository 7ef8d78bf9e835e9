/** The one HTTP client: typed by the OpenAPI document, adds the CSRF token, notices a session that has ended. */
import createClient from 'openapi-fetch'

import { NetworkError, problemOf } from './problem'
import type { paths } from './schema'

const SAFE_METHODS = new Set(['GET', 'HEAD'])
const TIMEOUT_MS = 15_000

let csrfToken = ''
let signedOut: () => void = () => undefined

export const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }),
})

client.use({
  onRequest({ request }) {
    if (!SAFE_METHODS.has(request.method)) request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
  onResponse({ response }) {
    if (response.status === 401) signedOut()
  },
})

/** The token every write carries from now on. */
export function setCsrfToken(token: string): void {
  csrfToken = token
}

/** What to do when the server no longer knows the session. */
export function onSignedOut(handler: () => void): void {
  signedOut = handler
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of an answer. Throws ApiProblem, or NetworkError when none came. */
export async function bodyOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch((cause: unknown) => {
    throw new NetworkError(String(cause))
  })
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error)
  return answer.data as T
}
