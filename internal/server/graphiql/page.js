// The explorer's page: who asks, as what, and GraphiQL below it. Token, role and history live in this tab only
// (sessionStorage): a query may name a child, and browsers keep localStorage for good.
"use strict";

const store = window.sessionStorage;
const { issuer, client } = document.body.dataset;
const field = (name) => document.getElementById(name);
const fields = ["token", "role", "purpose"];
const root = ReactDOM.createRoot(field("graphiql"));
const here = location.origin + "/graphiql";

const example = `# You may ask what your role may see;
# the documentation on the left shows no more.
{
  me {
    name
    agency
    role
    purpose
  }
  myAccess {
    type
    field
    access
    when
    basis
  }
}
`;

function headers() {
  const named = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
  if (store.getItem("korpu.token")) named.Authorization = "Bearer " + store.getItem("korpu.token");
  if (store.getItem("korpu.role")) named["Korpu-Role"] = store.getItem("korpu.role");
  if (store.getItem("korpu.purpose")) named["Korpu-Purpose"] = store.getItem("korpu.purpose");
  return named;
}

async function ask({ query, variables, operationName }) {
  const answer = await fetch("/graphql", { method: "POST", headers: headers(), body: JSON.stringify({ query, variables, operationName }) });
  return answer.json();
}

// Tells who is asking, and offers the roles and purposes that this person may choose.
async function introduce() {
  const { data, errors } = await ask({ query: "{ me { name agency role purpose roles { role purposes } } }" });
  field("who").textContent = errors ? errors[0].message : `${data.me.name}, ${data.me.agency}: ${data.me.role} for ${data.me.purpose}`;
  const choices = errors ? [] : data.me.roles;
  offer("roles", choices.map((choice) => choice.role));
  offer("purposes", choices.flatMap((choice) => choice.purposes));
}

function offer(list, values) {
  field(list).replaceChildren(...[...new Set(values)].map((value) => new Option(value, value)));
}

// A new key makes GraphiQL read the schema again: another role has another one.
function show() {
  for (const name of fields) field(name).value = store.getItem("korpu." + name) ?? "";
  if (!store.getItem("korpu.token")) {
    root.render(null);
    return;
  }
  introduce();
  root.render(
    React.createElement(GraphiQL, {
      key: JSON.stringify(headers()),
      fetcher: ask,
      storage: store,
      isHeadersEditorEnabled: false,
      showPersistHeadersSettings: false,
      defaultQuery: example,
    }),
  );
}

field("asker").addEventListener("submit", (event) => {
  event.preventDefault();
  for (const name of fields) store.setItem("korpu." + name, field(name).value.trim());
  show();
});

// Signing in: authorization code with PKCE (RFC 7636), so that a code read on the way is worth nothing.
const text = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const random = () => text(crypto.getRandomValues(new Uint8Array(32)));

async function discover() {
  return (await fetch(issuer + "/.well-known/openid-configuration")).json();
}

async function signIn() {
  const [state, verifier] = [random(), random()];
  store.setItem("korpu.state", state);
  store.setItem("korpu.verifier", verifier);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const { authorization_endpoint: address } = await discover();
  location.href = address + "?" + new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: here, scope: "openid", state,
    code_challenge: text(new Uint8Array(digest)), code_challenge_method: "S256",
  });
}

async function signedIn(code, state) {
  history.replaceState(null, "", here);
  const [expected, verifier] = [store.getItem("korpu.state"), store.getItem("korpu.verifier")];
  store.removeItem("korpu.state");
  store.removeItem("korpu.verifier");
  if (!expected || state !== expected) throw new Error("the sign-in was not begun here");
  const { token_endpoint: address } = await discover();
  const body = new URLSearchParams({ grant_type: "authorization_code", client_id: client, redirect_uri: here, code, code_verifier: verifier });
  const answer = await (await fetch(address, { method: "POST", body })).json();
  if (!answer.access_token) throw new Error("the issuer gave no token");
  store.setItem("korpu.token", answer.access_token);
  store.removeItem("korpu.role");
  store.removeItem("korpu.purpose");
}

async function start() {
  field("sign-in")?.addEventListener("click", () => signIn().catch(complain));
  const asked = new URLSearchParams(location.search);
  try {
    if (asked.has("code")) await signedIn(asked.get("code"), asked.get("state"));
    show();
  } catch (error) {
    complain(error);
  }
}

function complain(error) {
  field("who").textContent = "Signing in failed: " + error.message;
}

start();
