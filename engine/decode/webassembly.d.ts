/** The part of WebAssembly that is used: neither TypeScript nor Node names its types outside of a browser. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Memory: { prototype: Memory };
  type Module = object;
  const Module: new (code: Uint8Array) => Module;
  interface Instance {
    readonly exports: object;
  }
  const Instance: new (module: Module) => Instance;
  class RuntimeError extends Error {}
}
