/** Keep-alive connections to inference servers: so many in all, so many a host, each call with a deadline. */
import http from 'node:http';
import https from 'node:https';

export interface ConnectionLimits {
  /** Sockets in all. */
  total: number;
  perHost: number;
}

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export interface Connections {
  /** Rejects when the server cannot be reached, is cut off, or has not answered whole after `timeoutMs`. */
  send(
    url: URL,
    request: { headers?: Record<string, string>; body?: Buffer; timeoutMs: number },
  ): Promise<Reply>;
  close(): void;
}

/** A reply larger than this is no answer to anything that is asked here. */
const maxReplyBytes = 256 * 1024 * 1024;

/** `token`: sent as a bearer token, null for none; what stands around it came along from a file or a clipboard. */
export function openConnections(limits: ConnectionLimits, token: string | null): Connections {
  const settings = {
    keepAlive: true,
    maxSockets: limits.perHost,
    maxTotalSockets: limits.total,
    // A new connection is dearer than a warm one that was used last.
    scheduling: 'lifo' as const,
  };
  const bearer = token?.trim() ?? '';
  const agents = { plain: new http.Agent(settings), secure: new https.Agent(settings) };
  return {
    send: (url, { headers = {}, body, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const isSecure = url.protocol === 'https:';
        const begin = isSecure ? https.request : http.request;
        const request = begin(
          url,
          {
            method: body ? 'POST' : 'GET',
            agent: isSecure ? agents.secure : agents.plain,
            headers: bearer === '' ? headers : { ...headers, authorization: `Bearer ${bearer}` },
            signal: AbortSignal.timeout(timeoutMs),
          },
          (response) => {
            const parts: Buffer[] = [];
            let size = 0;
            response.on('data', (part: Buffer) => {
              size += part.length;
              if (size > maxReplyBytes) response.destroy(new Error('the answer is too long'));
              parts.push(part);
            });
            response.on('error', reject);
            response.on('end', () => {
              if (!response.complete) reject(new Error('the answer is cut off'));
              const { statusCode: status = 0, headers: answered } = response;
              resolve({ status, headers: answered, body: Buffer.concat(parts) });
            });
          },
        );
        request.setNoDelay(true);
        request.on('error', reject);
        request.end(body);
      }),
    close: () => {
      agents.plain.destroy();
      agents.secure.destroy();
    },
  };
}
