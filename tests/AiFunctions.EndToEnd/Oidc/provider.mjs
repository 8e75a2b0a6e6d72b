// An OpenID Connect authority on the loopback. It says "ready <issuer>"; then, by line on standard input, each with a number
// that its answer repeats:
//   "keys <JWK set> #1"  signs with the first key from now on, and publishes all of them; answers "keys set #1"
//   "count #2"           answers "count <n> #2": how often its discovery document was read
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const audience = 'https://gateway.example';
const secret = 'secret-of-the-tests';

// What its access tokens say about applications and users beyond the standard's claims.
const extraClaims = {
  'operator-app': { roles: ['AiFunctions.Manage'] },
  'pro-app': { plan: 'pro' },
  'odd-app': { plan: 'no such tier' },
};

const application = (client_id, scope = 'models.use') => ({
  client_id, client_secret: secret, grant_types: ['client_credentials'], response_types: [], redirect_uris: [], scope,
});

function newProvider(issuer, jwks) {
  return new Provider(issuer, {
    jwks,
    cookies: { keys: ['cookies-of-the-tests'] },
    clients: [
      ...['app', 'other-app', 'operator-app', 'pro-app', 'odd-app', 'registered-app', 'rolled-app'].map(id => application(id)),
      {
        client_id: 'web-app', token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'],
        redirect_uris: ['http://127.0.0.1:1/callback'], application_type: 'native', scope: 'openid models.use',
      },
    ],
    scopes: ['openid', 'models.use'],
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_, token) => extraClaims[token.clientId],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'models.use', audience, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'RS256' } } }),
      },
    },
    ttl: { Session: 600, Interaction: 600, Grant: 600, ClientCredentials: 600, AccessToken: 600, IdToken: 600 },
  });
}

let provider;
let count = 0;
const server = createServer((request, response) => {
  count += request.url.startsWith('/.well-known/') ? 1 : 0;
  provider(request, response);
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = newProvider(issuer, JSON.parse(process.env.KEYS)).callback();
  console.log(`ready ${issuer}`);
  createInterface({ input: process.stdin }).on('line', line => {
    const [, question, number] = line.match(/^(.*) (#\d+)$/);
    if (question.startsWith('keys ')) {
      provider = newProvider(issuer, JSON.parse(question.slice('keys '.length))).callback();
      console.log(`keys set ${number}`);
    } else if (question === 'count') {
      console.log(`count ${count} ${number}`);
    }
  });
});
