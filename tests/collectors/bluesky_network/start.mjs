// Starts Bluesky's own servers (PLC, PDS, AppView, Ozone) on free ports of this machine, prints one
// line of JSON that says where they are, and stops at SIGTERM. DB_POSTGRES_URL names a database.
// Rate limits are on: https://docs.bsky.app/docs/advanced-guides/rate-limits
import { randomInt } from 'node:crypto'

// A schema's name may hold letters only. Redis is asked for, and not used.
const letters = Array.from({ length: 10 }, () => String.fromCharCode(97 + randomInt(26))).join('')
process.env.DB_POSTGRES_SCHEMA ??= `run_${letters}`
process.env.REDIS_HOST ??= 'unused.localhost'
process.env.LOG_ENABLED ??= 'false'

const loaded = await import('@atproto/dev-env')
const { TestNetwork } = loaded.TestNetwork ? loaded : loaded.default
const network = await TestNetwork.create({
  pds: { hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: true },
})
console.log(JSON.stringify({ pds: network.pds.url, appview: network.bsky.url }))

const stop = async () => {
  setTimeout(() => process.exit(0), 10_000).unref()
  await network.close().catch(() => {})
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
