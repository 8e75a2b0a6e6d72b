using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

public class ChatRequestRulesTests
{
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    [Theory]
    [InlineData("{}", "model")]
    [InlineData("{\"model\":\"\"}", "model")]
    [InlineData("{\"model\":null}", "model")]
    [InlineData("{\"model\":[\"m\"]}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":\"hi\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[\"hi\"]}", "messages[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"content\":\"hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"root\",\"content\":\"hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":{}}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[1]}]}", "messages[0].content[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":1}]}]}", "messages[0].content[0].text")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"stream\":1}", "stream")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"Model\":\"other\"}", "model")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"mod\\u0045l\":\"other\"}", "model")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"me\u017f\u017fages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_to\u212aens\":9}", "max_tokens")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"stream_options\":{\"Include_usage\":true}}", "stream_options.include_usage")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\",\"CONTENT\":\"x\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"n\":0}", "n")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"n\":1.5}", "n")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_tokens\":0.0}", "max_tokens")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_tokens\":100.5}", "max_tokens")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"seed\":9223372036854775808.0}", "seed")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_tokens\":\"9\"}", "max_tokens")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_completion_tokens\":1e400}", "max_completion_tokens")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"temperature\":\"hot\"}", "temperature")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"stop\":5}", "stop")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"tools\":{}}", "tools")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"tools\":[{\"type\":\"function\",\"function\":{}}]}", "tools[0].function")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"stream_options\":{\"include_usage\":\"yes\"}}", "stream_options.include_usage")]
    public void The_first_bad_field_is_named(string request, string param)
    {
        var error = Check(request);

        Assert.Equal((400, "invalid_request", param), (error?.Status, error?.Code, error?.Param));
    }

    [Theory]
    [InlineData("{\"model\":\"m\"," + Messages + "}")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"Unknown\":{\"Model\":[1]},\"n\":null,\"stream\":false,\"stop\":[\"a\"],\"seed\":-1}")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"max_tokens\":100.0,\"max_completion_tokens\":1e2,\"n\":2.0,\"seed\":-1.0}")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]},{\"role\":\"tool\",\"content\":\"x\",\"tool_call_id\":\"1\"}]}")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}},{\"type\":\"text\",\"text\":\"\"}]}]}")]
    [InlineData("{\"model\":\"m\"," + Messages + ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"custom\"}],\"tool_choice\":\"auto\"}")]
    public void Good_requests_pass(string request) => Assert.Null(Check(request));

    private static Gateway.Errors.GatewayError? Check(string request)
    {
        using var document = JsonDocument.Parse(request);
        return ChatRequestRules.Check(document.RootElement);
    }
}
