/** Type-checked lint for every room; a warning is an error. */
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  // The kernels are AssemblyScript; transformers.mjs runs against a package that only the benchmark installs: there are no types.
  {
    ignores: ['dist/', 'node_modules/', 'models/', 'test/bench/peers/', 'engine/decode/*/kernel/'],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Rooms open things as plain closures: there is no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    // node:test reports what its describe and test promises hold.
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    // The plugin's other rules serve the React compiler, which is not used.
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  { files: ['*.js'], ...tseslint.configs.disableTypeChecked },
);
