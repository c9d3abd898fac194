// Writes docs/operations.md, which is made from the contract.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

const page = execFileSync(process.execPath, ['scripts/keystead.mjs', 'operations', '--markdown'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
writeFileSync('docs/operations.md', page)
