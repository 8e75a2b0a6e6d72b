using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

public class ChatMessageRulesTests
{
    private const string Text = "{\"role\":\"user\",\"content\":\"hi\"}";
    private static readonly string LongName = new('a', 257);

    [Theory]
    [InlineData("{\"role\":\"user\",\"content\":[]}", "messages[1].content")]
    [InlineData("{\"role\":\"tool\",\"content\":{},\"tool_call_id\":\"1\"}", "messages[1].content")]
    [InlineData("{\"role\":\"system\",\"content\":null}", "messages[1].content")]
    [InlineData("{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":null}],\"tool_call_id\":\"1\"}", "messages[1].content[0].text")]
    [InlineData("{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":1}", "messages[1].tool_call_id")]
    [InlineData("{\"role\":\"tool\",\"content\":\"x\",\"Tool_call_id\":\"1\"}", "messages[1].tool_call_id")]
    [InlineData("{\"role\":\"user\",\"content\":\"x\",\"name\":{}}", "messages[1].name")]
    [InlineData("{\"role\":\"user\",\"content\":\"x\",\"name\":\"\"}", "messages[1].name")]
    [InlineData("{\"role\":\"User\",\"content\":\"x\"}", "messages[1].role")]
    [InlineData("{\"role\":null,\"content\":\"x\"}", "messages[1].role")]
    [InlineData("{\"role\":\"assistant\",\"content\":5}", "messages[1].content")]
    [InlineData("{\"role\":\"assistant\",\"refusal\":5}", "messages[1].refusal")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":{}}", "messages[1].tool_calls")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[null]}", "messages[1].tool_calls[0]")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"id\":5}]}", "messages[1].tool_calls[0].id")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"function\":\"f\"}]}", "messages[1].tool_calls[0].function")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{}}]}", "messages[1].tool_calls[0].function.name")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]}", "messages[1].tool_calls[0].function.arguments")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[{\"Function\":{\"name\":\"f\"}}]}", "messages[1].tool_calls[0].function")]
    [InlineData("{\"role\":\"assistant\",\"function_call\":\"f\"}", "messages[1].function_call")]
    [InlineData("{\"role\":\"assistant\",\"function_call\":{\"arguments\":\"\"}}", "messages[1].function_call.name")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}", "messages[1].content[0].image_url")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}", "messages[1].content[0].image_url.url")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{\"data\":1}}]}", "messages[1].content[0].input_audio.data")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":\"f\"}]}", "messages[1].content[0].file")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"file_data\":[]}}]}", "messages[1].content[0].file.file_data")]
    public void The_bad_field_of_a_message_is_named(string message, string param) =>
        Assert.Equal(param, Check($"{{\"model\":\"m\",\"messages\":[{Text},{message}]}}")?.Param);

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":5}}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":5}}]", "tools[0].function.description")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":\"{}\"}}]", "tools[0].function.parameters")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"Parameters\":{}}}]", "tools[0].function.parameters")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":1}}]", "tools[0].function.strict")]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"custom\":{}}]", "tools[0].custom")]
    [InlineData("\"tools\":[5]", "tools[0]")]
    [InlineData("\"functions\":[{}]", "functions[0]")]
    [InlineData("\"functions\":{}", "functions")]
    [InlineData("\"tool_choice\":5", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":\"f\"}", "tool_choice.function")]
    [InlineData("\"response_format\":{}", "response_format.type")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":[]}}", "response_format.json_schema.schema")]
    [InlineData("\"stop\":[1]", "stop[0]")]
    [InlineData("\"logit_bias\":{\"1\":\"2\"}", "logit_bias")]
    [InlineData("\"modalities\":\"text\"", "modalities")]
    [InlineData("\"prediction\":\"text\"", "prediction")]
    [InlineData("\"Prediction\":{}", "prediction")]
    public void The_bad_field_beside_the_messages_is_named(string fields, string param) =>
        Assert.Equal(param, Check($"{{\"model\":\"m\",\"messages\":[{Text}],{fields}}}")?.Param);

    [Fact]
    public void Numbers_and_lengths_are_bounded()
    {
        Assert.Null(Check(Messages(Repeat(Text, ChatMessageRules.MostMessages))));
        Assert.Equal("messages", Check(Messages(Repeat(Text, ChatMessageRules.MostMessages + 1)))?.Param);

        var part = "{\"type\":\"text\",\"text\":\"\"}";
        Assert.Null(Check(Messages($"{{\"role\":\"user\",\"content\":[{Repeat(part, ChatMessageRules.MostParts)}]}}")));
        Assert.Equal("messages[0].content", Check(Messages($"{{\"role\":\"user\",\"content\":[{Repeat(part, ChatMessageRules.MostParts + 1)}]}}"))?.Param);

        var call = "{\"id\":\"\",\"function\":{\"name\":\"f\"}}";
        Assert.Null(Check(Messages($"{{\"role\":\"assistant\",\"tool_calls\":[{Repeat(call, ChatMessageRules.MostToolCalls)}]}}")));
        Assert.Equal("messages[0].tool_calls", Check(Messages($"{{\"role\":\"assistant\",\"tool_calls\":[{Repeat(call, ChatMessageRules.MostToolCalls + 1)}]}}"))?.Param);

        var tool = "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";
        Assert.Null(Check($"{{\"model\":\"m\",\"messages\":[{Text}],\"tools\":[{Repeat(tool, ChatToolRules.MostTools)}]}}"));
        Assert.Equal("tools", Check($"{{\"model\":\"m\",\"messages\":[{Text}],\"tools\":[{Repeat(tool, ChatToolRules.MostTools + 1)}]}}")?.Param);

        Assert.Null(Check(Messages($"{{\"role\":\"user\",\"content\":\"\",\"name\":\"{LongName[1..]}\"}}")));
        Assert.Equal("messages[0].name", Check(Messages($"{{\"role\":\"user\",\"content\":\"\",\"name\":\"{LongName}\"}}"))?.Param);
        Assert.Equal("model", Check($"{{\"model\":\"{LongName}\",\"messages\":[{Text}]}}")?.Param);
    }

    [Theory]
    [InlineData("{\"role\":\"assistant\",\"content\":[]}")]
    [InlineData("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null,\"function_call\":null,\"tool_calls\":null,\"audio\":null,\"annotations\":[]}")]
    [InlineData("{\"role\":\"assistant\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"no\"}],\"reasoning_content\":\"hm\"}")]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
            + "\"arguments\":\"{}\"}},{\"type\":\"custom\",\"custom\":{\"name\":\"c\",\"input\":\"x\"}}]}")]
    [InlineData("{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"tool_call_id\":\"\"}")]
    [InlineData("{\"role\":\"tool\",\"content\":[],\"tool_call_id\":\"1\"}")]
    [InlineData("{\"role\":\"tool\",\"content\":null,\"tool_call_id\":\"1\"}")]
    [InlineData("{\"role\":\"tool\",\"tool_call_id\":\"1\"}")]
    [InlineData("{\"role\":\"function\",\"content\":\"x\",\"name\":\"f\"}")]
    [InlineData("{\"role\":\"function\",\"content\":null,\"name\":\"f\"}")]
    [InlineData(
        "{\"role\":\"user\",\"name\":null,\"content\":[{\"type\":\"image_url\",\"image_url\":\"http://x\"},{\"type\":\"file\","
            + "\"file\":{\"file_id\":\"1\"}},{\"type\":\"something\",\"new\":1}]}")]
    public void What_sdks_send_passes(string message) => Assert.Null(Check(Messages(message)));

    private static string Messages(string messages) => $"{{\"model\":\"m\",\"messages\":[{messages}]}}";

    private static string Repeat(string item, int times) => string.Join(',', Enumerable.Repeat(item, times));

    private static Gateway.Errors.GatewayError? Check(string request)
    {
        using var document = JsonDocument.Parse(request);
        var error = ChatRequestRules.Check(document.RootElement);
        Assert.True(error is null or { Status: 400, Code: "invalid_request" });
        return error;
    }
}
