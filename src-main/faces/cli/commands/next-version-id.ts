import type { CliSession } from '../session'

/** `v1`, `v2`...: one more than the highest of the versions that there are. SECRET_NOT_FOUND. */
export async function nextVersionId(session: CliSession, secretName: string): Promise<string> {
  const { versionIds } = await session.run('listSecretVersionIds', { secretName, includeDeprecated: true, pageSize: 100 })
  const numbers = versionIds.map(({ versionId }) => Number(/^v(\d{1,9})$/.exec(versionId)?.[1] ?? 0))
  return `v${Math.max(versionIds.length, ...numbers) + 1}`
}
