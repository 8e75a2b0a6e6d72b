// Leaves a stream after its first piece of text.
import { client, messages, model, print } from './openai.mjs';

const stream = await client.chat.completions.create({ model, messages, stream: true });
const pieces = [];
for await (const chunk of stream) {
  const text = chunk.choices[0]?.delta?.content;
  if (text) {
    pieces.push(text);
    stream.controller.abort();
  }
}

print({ pieces, aborted: stream.controller.signal.aborted });
