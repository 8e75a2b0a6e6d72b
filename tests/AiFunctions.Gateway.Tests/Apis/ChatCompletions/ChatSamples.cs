using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.Tests.Apis.Conformance;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

/// <summary>Samples of OpenAI's chat completions.</summary>
internal sealed class ChatSamples : ApiSamples
{
    public override ModelApi Api { get; } = new ChatCompletionsApi();

    public override string Request => """
        { "model":"m", "max_tokens": 50,"temperature":1.0e0, "messages" :[
          {"role":"system","content":"s","name":"n"},
          {"role":"user","content":[{"type":"text","text":"t\u00e9"},{"type":"image_url","image_url":{"url":"https://x.example/i.png","detail":"low"}},
            {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"filename":"f","file_data":"words of a file","file_id":"file-1"}}]},
          {"role":"assistant","content":null,"refusal":"r","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
          {"role":"tool","tool_call_id":"1","content":"result"}],
          "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"description":"x"}}}}}],
          "tool_choice":{"type":"function","function":{"name":"f"}},"documents":[{"title":"D","text":"d"}],"prediction":{"type":"content","content":"p"},
          "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"}}},
          "stop":["x"],"user":"u","metadata":{"k":"v"},"logit_bias":{"5":1},"service_tier":"auto","reasoning_effort":"low","verbosity":"low","modalities":["text"],
          "prompt_cache_key":"k","safety_identifier":"i","novel":{"deep":["n"]} }
        """;

    // The image and the sound are no text. A model or a tier that does not exist does no harm.
    public override string[] Steering =>
    [
        "model", "messages[].content[].image_url.url", "messages[].content[].image_url.detail", "messages[].content[].input_audio.data",
        "messages[].content[].input_audio.format", "stop[]", "user", "metadata.k", "service_tier", "reasoning_effort", "verbosity", "modalities[]",
        "prompt_cache_key", "safety_identifier",
    ];

    public override string[] SteeringObjects => ["metadata", "logit_bias", "messages[].content[].image_url", "messages[].content[].input_audio"];

    public override long ReportedTokens => 33;

    public override IEnumerable<string> OpaqueAnswers =>
    [
        """
        {"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"ok",
          "reasoning_details":[{"type":"reasoning.encrypted","encrypted_content":"jane.roe@corp.example","signature":"4929 1234 5678 9011"}]},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":3,"completion_tokens":30,"total_tokens":33}}
        """,
    ];

    public override string Answer(string text) =>
        $$$"""
        {"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":{{{JsonSerializer.Serialize(text)}}}},"finish_reason":"stop"}],
          "usage":{"prompt_tokens":3,"completion_tokens":30,"total_tokens":33}}
        """;

    public override IEnumerable<string> Events(IReadOnlyList<string> pieces) =>
    [
        .. pieces.Select(piece => $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{JsonSerializer.Serialize(piece)}}},\"finish_reason\":null}}]}}\n\n"),
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    ];

    public override string TextOf(string answer) =>
        JsonElement.Parse(answer).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    public override string TextOfEvents(string events) => string.Concat(
        events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonElement.Parse(line["data: ".Length..]).GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : ""));
}
