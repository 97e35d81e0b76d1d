/**
 * Where public Python packages come from: what the person named, else what pip uses, else what the machine
 * that packed the app used. No address of our own, so that mirrors work. A name and a password in it go
 * into a header: `fetch` refuses them in an address, and nobody wants to read them in an error.
 */
import manifest from '../../package.json' with { type: 'json' };
import { pipsIndex } from './pip.ts';
import { gpuTrouble } from './trouble.ts';

/** The address of a simple index. Throws `gpu-refused` where nobody knows one. */
export async function packageIndex(given: string | null = null): Promise<string> {
  const named = given ?? process.env['WANWU_PACKAGE_INDEX'] ?? process.env['PIP_INDEX_URL'];
  const index = named ?? (await pipsIndex()) ?? packedIndex();
  if (index === null) throw gpuTrouble('no-index');
  return index.endsWith('/') ? index : `${index}/`;
}

function packedIndex(): string | null {
  return (manifest as { packageIndex?: string | null }).packageIndex ?? null;
}

/** Where a file lies, and what is said to whoever has it. */
export interface Source {
  url: string;
  headers: Record<string, string>;
}

/**
 * Where a package's file lies, by the index's own page of the package (the HTML form, which every mirror
 * has). Throws `gpu-refused`.
 */
export async function findFile(
  index: string,
  name: string,
  file: string,
  signal: AbortSignal,
): Promise<Source> {
  const page = new URL(`${name}/`, index);
  const { username, password } = page;
  page.username = '';
  page.password = '';
  const who = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const own: Source['headers'] =
    username === '' ? {} : { authorization: `Basic ${who.toString('base64')}` };
  const headers = { accept: 'text/html', ...own };
  const answer = await fetch(page, { headers, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw gpuTrouble('no-answer', page.href, reasonOf(error));
  });
  if (!answer.ok) throw gpuTrouble('no-answer', page.href, String(answer.status));
  const link = hrefOf(await answer.text(), file);
  if (link === null) throw gpuTrouble('no-file', file, page.href);
  const { href, origin } = new URL(link, answer.url);
  // A file that lies elsewhere is no matter of who may read the index.
  return { url: href, headers: origin === page.origin ? own : {} };
}

/** `<a href="../../ab/FILE#sha256=..">FILE</a>` */
export function hrefOf(html: string, file: string): string | null {
  for (const [, link = ''] of html.matchAll(/href\s*=\s*["']([^"'#]+)/gi))
    if (decodeURIComponent(link).split('/').at(-1) === file) return link.replaceAll('&amp;', '&');
  return null;
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
