/** A stand-in for the API at the wire: routes by "METHOD /path", keeps what was asked. */
import { vi } from 'vitest'

export interface Asked {
  method: string
  path: string
  search: string
  body: Record<string, unknown> | null
  headers: Headers
}

type Reply = (asked: Asked) => Response | Promise<Response>

export class Server {
  readonly asked: Asked[] = []
  private readonly routes = new Map<string, Reply>()

  constructor() {
    vi.stubGlobal('fetch', (input: string | Request, init?: RequestInit) => this.answer(input, init))
  }

  /** Answer this call from now on. */
  on(route: string, reply: Reply): this {
    this.routes.set(route, reply)
    return this
  }

  to(path: string): Asked[] {
    return this.asked.filter((one) => one.path === path)
  }

  private async answer(input: string | Request, init?: RequestInit): Promise<Response> {
    const request = input instanceof Request ? input : new Request(new URL(input, location.origin), { ...init, signal: undefined })
    const url = new URL(request.url)
    const text = await request.clone().text()
    const asked: Asked = {
      method: request.method,
      path: url.pathname,
      search: url.search,
      body: text ? (JSON.parse(text) as Record<string, unknown>) : null,
      headers: request.headers,
    }
    this.asked.push(asked)
    const reply = this.routes.get(`${asked.method} ${asked.path}`)
    return reply ? reply(asked) : problem(404, 'not_found')
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

export function problem(status: number, code: string, fields: Record<string, unknown> = {}): Response {
  const body = { type: 'about:blank', title: '', status, code, detail: '', fields }
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json' } })
}

/** No answer at all. */
export function cut(): Promise<Response> {
  return Promise.reject(new TypeError('Failed to fetch'))
}
