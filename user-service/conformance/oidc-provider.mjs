// oidc-provider as another provider. It signs in whom the test names, without a
// page.
import { createServer } from 'node:http'
import Provider from 'oidc-provider'
import { say, hear } from './talk.mjs'

const { redirect } = await hear()
let person = {}
const server = createServer()
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `http://127.0.0.1:${server.address().port}`
const provider = new Provider(issuer, {
  clients: [{ client_id: 'oms', client_secret: 'upstream-secret', redirect_uris: [redirect] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
  cookies: { keys: ['for tests alone'] },
})
const answer = provider.callback()
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response)
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (person.refuses) {
    return provider.interactionFinished(request, response, { error: 'access_denied' })
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: person.sub } })
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
})
say(issuer)
for (let next = await hear(); next; next = await hear()) {
  person = next
  say('known')
}
process.exit(0)
