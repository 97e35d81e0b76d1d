/**
 * `app://wanwu/...` serves the built window, and the content policy with it: nothing from anywhere
 * else, no inline script, no eval.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export const appScheme = 'app';
export const appHost = 'wanwu';
export const homeUrl = `${appScheme}://${appHost}/index.html`;

export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' photo:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const headers = {
  'content-security-policy': contentPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Exactly our window: another page, origin or user name is somebody else. */
export function isOurs(url: string): boolean {
  return url === homeUrl || url.startsWith(`${homeUrl}#`);
}

/** Serves the files under `folder`; anything else is 404. */
export function serveApp(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const file = resolveFile(folder, request.url);
    const type = file === null ? undefined : types[path.extname(file)];
    if (file === null || type === undefined || request.method !== 'GET') return notFound();
    try {
      return new Response(await readFile(file), { headers: { ...headers, 'content-type': type } });
    } catch {
      return notFound();
    }
  };
}

function notFound(): Response {
  return new Response(null, { status: 404, headers });
}

/** Null for every name that is not plain letters below `folder`. */
export function resolveFile(folder: string, url: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== appHost) return null;
  const parts = pathname.slice(1).split('/');
  return parts.every((part) => /^[\w-][\w.-]*$/.test(part)) ? path.join(folder, ...parts) : null;
}
