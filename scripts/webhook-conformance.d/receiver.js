// Verifies what it is told on standard input, a JSON line each, with the official package of npm; answers a JSON line each.
const { Webhook } = require("standardwebhooks");
const lines = require("node:readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const { secret, headers, body } = JSON.parse(line);
  let answer;
  try {
    answer = { event: new Webhook(secret).verify(body, headers) };
  } catch (error) {
    answer = { refused: error.name };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
