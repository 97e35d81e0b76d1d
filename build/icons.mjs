/** Draws the icon set from icon.svg: one PNG a size, for every system's packer. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { root } from './engine-node.mjs';

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

/** @param {string} folder */
export async function drawIcons(folder) {
  await mkdir(folder, { recursive: true });
  for (const size of sizes)
    await sharp(path.join(root, 'build/icon.svg'), { density: (72 * size) / 512 })
      .resize(size, size)
      .png()
      .toFile(path.join(folder, `${String(size)}x${String(size)}.png`));
}
