/** `acs:kms:local:{vaultId}:secret/{name}` (kms-api 1.1). */
export function secretArn(vaultId: string, secretName: string): string {
  return `acs:kms:local:${vaultId}:secret/${secretName}`
}
