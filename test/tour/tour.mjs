import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const { module } = await runnerImport(fileURLToPath(new URL('tour.ts', import.meta.url)), { configFile: false, logLevel: 'error' })
process.exitCode = await module.runTour(process.env.KEYSTEAD_OUTPUT ?? 'out/tour')
