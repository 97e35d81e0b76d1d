/** A process that makes photos: what is wanted comes as JSON on stdin. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { makePhoto } from '../decode/made-photo.ts';

const jobSchema = v.array(
  v.object({ number: v.number(), source: v.string(), files: v.array(v.string()) }),
);

for (const { number, source, files } of v.parse(jobSchema, await json(process.stdin))) {
  const photo = await makePhoto(readFileSync(source), number);
  for (const [version, file] of files.entries()) {
    const half = `${file}.part`;
    // Bytes behind a JPEG's end are a part of the picture's hash and of nothing that is seen.
    writeFileSync(
      half,
      version === 0 ? photo : Buffer.concat([photo, Buffer.from(String(version))]),
    );
    renameSync(half, file);
  }
}
process.stdout.write('null\n');
