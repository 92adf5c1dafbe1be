// PostGraphile over the benchmark's tables, guarded by row-level security and column grants. It reads its task from the first
// line of its input, tells its address, and ends when its input ends.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => start(JSON.parse(line)));
lines.once("close", () => process.exit(0));

async function start({ Database }) {
  const pgl = postgraphile({
    extends: [PostGraphileAmberPreset],
    // A function has the name of a table; and relations by two keys stand although the index is on the first alone.
    disablePlugins: ["PgProceduresPlugin", "PgIndexBehaviorsPlugin"],
    pgServices: [makePgService({
      connectionString: Database, schemas: ["korpu"], poolConfig: { max: 8 },
    })],
    grafserv: { graphiql: false, watch: false },
    grafast: { context: ({ node }) => ({ pgSettings: subject(node.req.headers) }) },
  });
  const server = createServer();
  server.keepAliveTimeout = 600_000;
  await pgl.createServ(grafserv).addTo(server);
  if (process.env.PRINT_SCHEMA) {
    const { printSchema } = await import("postgraphile/graphql");
    console.error(printSchema((await pgl.getSchemaResult()).schema));
  }
  await pgl.getSchemaResult();
  server.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
}

// subject believes its headers: a token costs PostGraphile nothing here.
function subject(headers) {
  return {
    role: `bench_peer_${headers["korpu-role"]}`,
    "korpu.staff": headers["korpu-staff"],
    "korpu.agency": headers["korpu-agency"],
  };
}
