import { client, print } from './openai.mjs';

const ids = [];
for await (const model of client.models.list()) {
  ids.push(model.id);
}

print({ ids, first: (await client.models.retrieve(ids[0])).id });
