/** What a call can end in: the server's answer that something is wrong, or no answer at all. */

/** The server answered with a problem document; `isDefinite` says that the act surely did not happen. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(code)
  }

  get isDefinite(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408
  }
}

/** No answer came: the act may have happened or not. */
export class NetworkError extends Error {
  readonly isDefinite = false
}

export type CallError = ApiProblem | NetworkError

interface ProblemDocument {
  code: string
  fields?: Record<string, unknown>
}

/** The problem of an error body, whatever came back. */
export function problemOf(status: number, body: unknown): ApiProblem {
  return isProblem(body) ? new ApiProblem(status, body.code, body.fields ?? {}) : new ApiProblem(status, `http_${status}`)
}

/** Any caught value as one of the two kinds. */
export function asCallError(error: unknown): CallError {
  return error instanceof ApiProblem || error instanceof NetworkError ? error : new NetworkError(String(error))
}

function isProblem(body: unknown): body is ProblemDocument {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
}
