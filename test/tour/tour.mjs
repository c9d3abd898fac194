import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

// The tour shares its steps with the end-to-end tests, which are TypeScript; nothing is written to the checkout.
const { module } = await runnerImport(fileURLToPath(new URL('run-tour.ts', import.meta.url)), { configFile: false, logLevel: 'error' })
process.exitCode = await module.runTour({ readme: process.argv.includes('--readme') })
