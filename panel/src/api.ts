// Requests to the service: JSON in, JSON out, problems as errors. It knows the session's CSRF token and nothing of any page.

/** A mistake that the service found in a field. */
export interface Mistake {
  field: string
  what: string
}

/** What the service answered instead of what was asked (RFC 9457), or that it could not be reached (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string = '',
    readonly mistakes: readonly Mistake[] = [],
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title)
  }
}

let csrf = ''
let ended: () => void = () => undefined

/** From now on unsafe requests carry this token. */
export function carry(token: string): void {
  csrf = token
}

/** Call this when an answer says that the session is over. */
export function whenSessionEnds(call: () => void): void {
  ended = call
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Ask the service. Throws Problem. */
export async function ask<T>(
  method: Method,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const isForm = body instanceof FormData
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'GET' ? {} : { 'X-CSRF-Token': csrf }),
        ...headers,
      },
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
    })
  } catch {
    throw new Problem(0, 'offline')
  }
  if (answer.status === 204) return undefined as T
  const text = await answer.text()
  const told = text && answer.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text
  if (answer.ok) return told as T
  const { title = answer.statusText, detail = '', mistakes = [], ...members } = typeof told === 'object' ? told : {}
  if (answer.status === 401 && path !== '/api/session') ended()
  throw new Problem(answer.status, title, detail, mistakes, members)
}

/** A file that the service makes, with the name that it gave it. Throws Problem. */
export async function file(path: string): Promise<{ blob: Blob; name: string }> {
  let answer: Response
  try {
    answer = await fetch(path, { credentials: 'same-origin' })
  } catch {
    throw new Problem(0, 'offline')
  }
  if (!answer.ok) {
    if (answer.status === 401) ended()
    const told = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {}
    throw new Problem(answer.status, told.title ?? answer.statusText, told.detail ?? '')
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? 'bao-cao'
  return { blob: await answer.blob(), name }
}

export const get = <T>(path: string): Promise<T> => ask<T>('GET', path)
export const post = <T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> =>
  ask<T>('POST', path, body, headers)
export const put = <T>(path: string, body?: unknown): Promise<T> => ask<T>('PUT', path, body)
export const remove = <T>(path: string, body?: unknown): Promise<T> => ask<T>('DELETE', path, body)
