import { client, messages, model, print, weatherTool } from './openai.mjs';

const completion = await client.chat.completions.create({ model, messages, tools: [weatherTool], tool_choice: 'required' });
const [call] = completion.choices[0].message.tool_calls;
print({
  finishReason: completion.choices[0].finish_reason,
  id: call.id,
  type: call.type,
  name: call.function.name,
  arguments: JSON.parse(call.function.arguments),
});
