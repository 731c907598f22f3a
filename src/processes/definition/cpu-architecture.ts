/**
 * Processor that the containers run on. The image must be made for it: `DjangoImage.fromDirectory`
 * builds for the same one, an image from a registry must offer it, otherwise the task stops with
 * `exec format error`.
 */
export enum CpuArchitecture {
  /** Intel or AMD, 64 bit. */
  X86_64 = 'X86_64',

  /** AWS Graviton, a fifth cheaper. Builds on an Intel or AMD machine need emulation and are slow. */
  ARM64 = 'ARM64',
}
