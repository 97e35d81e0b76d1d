/** Whether CUDA can work here, from what nvidia-smi says; what is installed, and from where. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contractTexts, errorText } from '../../common/texts.ts';
import { askMachine, checkMachine, isOlder } from '../../engine/gpu-runtime/check.ts';
import { hrefOf } from '../../engine/gpu-runtime/package-index.ts';
import { runtimeEnvironment } from '../../engine/gpu-runtime/place.ts';
import { wheels } from '../../engine/gpu-runtime/plan.ts';
import { gpuTrouble } from '../../engine/gpu-runtime/trouble.ts';
import manifest from '../../package.json' with { type: 'json' };

const linux = { platform: 'linux' as const, arch: 'x64' };

describe('the machine', () => {
  test('a card and a driver that are new enough', () => {
    const check = checkMachine({
      ...linux,
      smi: 'Tesla T4, 580.95.05, 7.5, 15360\nOther, 1, 1, 1\n',
    });
    assert.deepEqual(check, {
      able: true,
      card: {
        name: 'Tesla T4',
        driver: '580.95.05',
        capability: '7.5',
      },
    });
  });
  for (const [why, smi, problem, sentence] of [
    ['no nvidia-smi', null, 'no-driver', /nvidia-smi/],
    ['no card', 'No devices were found\n', 'no-card', /No devices were found/],
    [
      'a driver of CUDA 12',
      'NVIDIA GeForce RTX 3060, 570.133.20, 8.6, 12288',
      'old-driver',
      /570\.133\.20.*580/,
    ],
    [
      'a card before Turing',
      'Tesla V100-SXM2-16GB, 580.95.05, 7.0, 16384',
      'old-card',
      /V100.*7\.5/,
    ],
  ] as const)
    test(`refused with a sentence: ${why}`, () => {
      const check = checkMachine({ ...linux, smi });
      assert.ok(!check.able);
      assert.equal(check.problem, problem);
      const error = gpuTrouble(check.problem, ...check.facts);
      assert.match(errorText('zh', error), sentence);
      assert.match(errorText('en', error), sentence);
    });
  test('another system or processor is refused before anything is asked of a card', () => {
    const smi = 'Tesla T4, 580.95.05, 7.5, 15360';
    for (const machine of [
      { platform: 'win32' as const, arch: 'x64', smi },
      { platform: 'linux' as const, arch: 'arm64', smi },
    ]) {
      const check = checkMachine(machine);
      assert.ok(!check.able);
      assert.equal(check.problem, 'other-system');
    }
  });
  test('a machine without the tool says nothing', async () => {
    assert.equal((await askMachine('there-is-no-such-tool')).smi, null);
  });
});

test('versions are compared number by number', () => {
  assert.ok(isOlder('580.65.05', '580.65.06'));
  assert.ok(isOlder('7.5', '10.0'));
  assert.ok(!isOlder('580.65.06', '580.65.06'));
  assert.ok(!isOlder('595.1', '580.65.06'));
});

describe('the plan', () => {
  test('is for the onnxruntime of the app', () => {
    const [runtime] = wheels;
    assert.equal(runtime?.version, manifest.dependencies['onnxruntime-node']);
  });
  test('has one CUDA major, a sha256 and a size for each package', () => {
    for (const { name, file, version, sha256, bytes } of wheels) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.ok(bytes > 1e6);
      assert.ok(file.startsWith(`${name.replaceAll('-', '_')}-${version}-`), file);
    }
    const runtimes = wheels.filter(({ name }) => /cuda|cublas/.test(name));
    assert.ok(runtimes.every(({ version }) => version.startsWith('13.')));
  });
});

test('a file is found on the page of an index, whatever its links look like', () => {
  const html = `<a href="../../packages/aa/x-1-py3-none-any.whl#sha256=00">x</a>
    <A HREF='https://mirror.example/p/y%2B1.whl?a=1&amp;b=2'>y</A>`;
  assert.equal(hrefOf(html, 'x-1-py3-none-any.whl'), '../../packages/aa/x-1-py3-none-any.whl');
  assert.equal(hrefOf(html, 'z.whl'), null);
});

test('a process is started with the libraries only where they are installed', () => {
  assert.deepEqual(runtimeEnvironment('/there/is/no/such/folder'), {});
});

test('every problem has its sentence in both languages', () => {
  const { zh, en } = contractTexts;
  assert.deepEqual(Object.keys(zh.gpu).sort(), Object.keys(en.gpu).sort());
});
