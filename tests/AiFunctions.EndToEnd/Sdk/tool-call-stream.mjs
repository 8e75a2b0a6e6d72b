// Lets the SDK put the streamed call together, as its users do.
import { client, messages, model, print, weatherTool } from './openai.mjs';

const stream = client.chat.completions.stream({ model, messages, tools: [weatherTool], tool_choice: 'required' });
let deltas = 0;
for await (const chunk of stream) {
  deltas += chunk.choices[0]?.delta?.tool_calls?.length ?? 0;
}

const completion = await stream.finalChatCompletion();
const [call] = completion.choices[0].message.tool_calls;
print({
  deltas,
  finishReason: completion.choices[0].finish_reason,
  id: call.id,
  type: call.type,
  name: call.function.name,
  arguments: JSON.parse(call.function.arguments),
});
