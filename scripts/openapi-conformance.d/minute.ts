// The first minute with the TypeScript client: a backend adds a user, logs her in and gives her money; she sends a packet to
// another, who takes it.
import createClient from "openapi-fetch";
import type { paths as AdminPaths } from "./admin.js";
import type { paths as ImPaths } from "./im.js";

const [, , imUrl, adminUrl] = process.argv;

function check(name: string, found: unknown, expected: unknown): void {
  const isRight = JSON.stringify(found) === JSON.stringify(expected);
  console.log(isRight ? `ok ${name}` : `not ok ${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

const admin = createClient<AdminPaths>({ baseUrl: adminUrl, headers: { Authorization: "Bearer demo-admin" } });

/** Adds a user, and gives a client of hers. */
async function logIn(user_id: string, name: string) {
  const added = await admin.PUT("/admin/v1/users/{user_id}", { params: { path: { user_id } }, body: { name } });
  check(`TypeScript: ${user_id} is added`, added.data?.name, name);
  const session = await admin.POST("/admin/v1/users/{user_id}/sessions", { params: { path: { user_id } }, body: {} });
  return createClient<ImPaths>({ baseUrl: imUrl, headers: { Authorization: `Bearer ${session.data?.session_key}` } });
}

const tess = await logIn("tess", "Tess");
const tom = await logIn("tom", "Tom");
const deposit = { reference: "tess-1", user_id: "tess", coin_id: "CNY", amount: "100.00" };
const moved = await admin.POST("/admin/v1/deposits", { params: { header: { "Idempotency-Key": "tess-1" } }, body: deposit });
check("TypeScript: money comes in", [moved.data?.amount, moved.data?.repeated], ["100", false]);
const none = await admin.POST("/admin/v1/deposits", { body: { ...deposit, reference: "tess-2", user_id: "nobody" } });
check("TypeScript: a problem has its code", [none.error?.status, none.error?.code], [404, "user_not_found"]);

const sent = await tess.POST("/im/msg_redpack_publish", { body: { toUserId: "tom", coin_id: "CNY", amount: "8.88" } });
const published = sent.data;
if (published?.status !== 0) throw new Error(`no packet was sent: ${JSON.stringify(published ?? sent.error)}`);
check("TypeScript: a packet is sent", [published.data.to_user_id, published.data.amount], ["tom", "8.88"]);

const { transfer_id } = published.data;
const taken = (await tom.POST("/im/msg_redpack_accept", { body: { transfer_id } })).data;
check("TypeScript: it is taken", taken?.status === 0 ? [taken.data.from_user_id, taken.data.amount] : taken, ["tess", "8.88"]);
const again = (await tom.POST("/im/msg_redpack_accept", { body: { transfer_id } })).data;
check("TypeScript: and taken once", again?.status === 4 ? [again.data.code, again.data.amount] : again, ["claimed_by_you", "8.88"]);

for (const [name, client, balance] of [["tess", tess, "91.12"], ["tom", tom, "8.88"]] as const) {
  const assets = (await client.GET("/im/asset_list")).data;
  check(`TypeScript: what ${name} has`, assets?.status === 0 ? assets.data : assets, [{ coin_id: "CNY", balance, held: "0" }]);
}
