/** A process that makes photos. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { answerParent } from '../child.ts';
import { makePhoto } from '../decode/made-photo.ts';

const jobSchema = v.array(
  v.object({ number: v.number(), source: v.string(), files: v.array(v.string()) }),
);

await answerParent(async (wanted) => {
  for (const { number, source, files } of v.parse(jobSchema, wanted)) {
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
  return null;
});
