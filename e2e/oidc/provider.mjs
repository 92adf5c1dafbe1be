// An issuer made with oidc-provider as its documentation says, so that the hub is tested against tokens that nobody here shaped.
// It listens on a free port of the loopback address and prints where.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const resource = { audience: 'korpu', accessTokenFormat: 'jwt', scope: 'cases', jwt: { sign: { alg: 'RS256' } } };

// The test holds our input; when it is gone, so are we.
process.stdin.resume().on('end', () => process.exit());

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'korpu-portal',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
      },
      {
        client_id: 'court-system',
        client_secret: 'a-secret-for-a-test',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => resource,
        useGrantedResource: () => true,
      },
    },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
