// Runs before every request: refuses strange hosts, and sets the security headers.
import { type NextRequest, NextResponse } from 'next/server'

/** By any other name another site could have its own name resolve to this machine and read the store. */
const ownNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

export function proxy(request: NextRequest): NextResponse {
  const host = request.headers.get('host') ?? ''
  if (!ownNames.has(host.replace(/:\d+$/, ''))) {
    return new NextResponse('The dashboard answers to 127.0.0.1 and localhost only.\n', {
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
  }
  const nonce = crypto.randomUUID()
  const policy = [
    "default-src 'self'",
    // React's development build needs eval for its error messages.
    `script-src 'self' 'nonce-${nonce}'${process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : ''}`,
    // Mantine and ECharts write style attributes.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

  // Next.js reads the nonce from the request's policy and puts it on its own scripts.
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set('x-nonce', nonce)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('x-frame-options', 'DENY')
  response.headers.set('referrer-policy', 'same-origin')
  response.headers.set('cross-origin-resource-policy', 'same-origin')
  return response
}
