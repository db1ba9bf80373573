// Reads {"train": [[text, label]…], "test": [text…]} on standard input; writes labels and scores, and the times.
const { NlpManager } = require("node-nlp");

async function main() {
  const data = JSON.parse(require("fs").readFileSync(0, "utf-8"));
  const manager = new NlpManager({ languages: ["fr"], forceNER: false, autoSave: false, nlu: { log: false } });
  for (const [text, label] of data.train) manager.addDocument("fr", text, label);
  const start = process.hrtime.bigint();
  await manager.train();
  const trained = process.hrtime.bigint();
  const predictions = [];
  for (const text of data.test) {
    const result = await manager.process("fr", text);
    predictions.push([result.intent, result.score]);
  }
  const done = process.hrtime.bigint();
  const seconds = (a, b) => Number(b - a) / 1e9;
  console.log(JSON.stringify({ predictions, train: seconds(start, trained), predict: seconds(trained, done) }));
}
main();
