declare module 'virtual:licences' {
  /** Name, version and licence of the packages that the product is built on; written by the build from their own manifests. */
  export const licences: readonly { name: string; version: string; licence: string }[]
}
