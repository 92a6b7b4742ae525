// A peer's side of ../node.py. It reads one JSON request a line and answers with one JSON line:
//   {do: "prepare", ...}        hands over contexts, keys and whatever else the works need
//   {do: "set", verb, input}    keeps the input of a piece of work and answers with its name
//   {do: "call", work}          does the work once and answers with its result
//   {do: "time", work, calls}   does it so often; microseconds per call: {wall, cpu}
import readline from 'node:readline';

export async function serve({prepare, works}) {
  const kept = [];

  async function answer(request) {
    if(request.do === 'prepare') {
      return prepare(request);
    }
    if(request.do === 'set') {
      const {verb, input} = request;
      return String(kept.push(() => works[verb](input)) - 1);
    }
    const work = kept[request.work];
    if(request.do === 'call') {
      return work();
    }
    const started = performance.now();
    const used = process.cpuUsage();
    for(let i = 0; i < request.calls; i++) {
      await work();
    }
    const wall = (performance.now() - started) * 1000 / request.calls;
    const {user, system} = process.cpuUsage(used);
    return {wall, cpu: (user + system) / request.calls};
  }

  for await (const line of readline.createInterface({input: process.stdin})) {
    let reply;
    try {
      reply = {result: await answer(JSON.parse(line)) ?? null};
    } catch(error) {
      reply = {error: `${error.name}: ${error.message}`};
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}
