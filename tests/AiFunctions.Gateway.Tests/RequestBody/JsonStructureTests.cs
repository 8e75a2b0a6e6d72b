using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.RequestBody;
using CsCheck;

namespace AiFunctions.Gateway.Tests.RequestBody;

public class JsonStructureTests
{
    [Theory]
    [InlineData("nope", "invalid_json")]
    [InlineData("{", "invalid_json")]
    [InlineData("{\"a\":1", "invalid_json")]
    [InlineData("{\"a\":1}}", "invalid_json")]
    [InlineData("{\"a\":1}{}", "invalid_json")]
    [InlineData("{\"a\":01}", "invalid_json")]
    [InlineData("{'a':1}", "invalid_json")]
    [InlineData("{\"a\":1,}", "invalid_json")]
    [InlineData("{\"a\":1}//", "invalid_json")]
    [InlineData("[1]", "invalid_json")]
    [InlineData("null", "invalid_json")]
    [InlineData("\"text\"", "invalid_json")]
    [InlineData("{\"a\":NaN}", "invalid_json")]
    [InlineData("{\"a\":1,\"a\":2}", "invalid_json")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "invalid_json")]
    [InlineData("{\"x\":[{\"a\":1,\"b\":{},\"a\":2}]}", "invalid_json")]
    [InlineData("{\"a\":\"\\ud800\"}", "invalid_encoding")]
    [InlineData("{\"a\":\"\\udc00\"}", "invalid_encoding")]
    [InlineData("{\"a\":\"\\ud800\\u0061\"}", "invalid_encoding")]
    [InlineData("{\"a\":\"\\ud800\\n\"}", "invalid_encoding")]
    [InlineData("{\"a\":\"\\ud800x\\udc00\"}", "invalid_encoding")]
    [InlineData("{\"a\":\"\\uDBFF\\uD800\"}", "invalid_encoding")]
    [InlineData("{\"\\ud800\":1}", "invalid_encoding")]
    public void What_readers_would_read_differently_is_refused(string json, string code) =>
        Assert.Equal(code, JsonStructure.Parse(Encoding.UTF8.GetBytes(json)).Error?.Code);

    [Theory]
    [InlineData("{}")]
    [InlineData(" {\"a\" : 1.50e+3 , \"A\":[true,null]} \r\n")]
    [InlineData("{\"a\":\"\\ud83d\\ude00\\uD83D\\uDE00 \\\\ud800 \\ud7ff\\ue000\"}")]
    public void What_all_readers_read_alike_passes(string json)
    {
        var (document, error) = JsonStructure.Parse(Encoding.UTF8.GetBytes(json));

        using (document)
        {
            Assert.Null(error);
            Assert.NotNull(document);
        }
    }

    [Theory]
    [InlineData(new byte[] { (byte)'{', 0xFF, (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xC0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xED, 0xA0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0 })]
    public void Bytes_that_are_no_utf8_are_refused(byte[] bytes) => Assert.Equal("invalid_encoding", JsonStructure.Parse(bytes).Error?.Code);

    [Theory]
    [InlineData(JsonStructure.MaxDepth, null)]
    [InlineData(JsonStructure.MaxDepth + 1, "nesting_too_deep")]
    [InlineData(10_000, "nesting_too_deep")]
    public void Depth_is_limited(int depth, string? code)
    {
        var arrays = "{\"a\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);

        Assert.Equal(code, Code(arrays));
        Assert.Equal(code, Code(objects));
    }

    [Fact]
    public void Whatever_comes_the_answer_is_a_document_or_a_contract_error() =>
        Gen.OneOf(Gen.Byte.Array, Gen.String.Select(Encoding.UTF8.GetBytes), JsonLike.Select(Encoding.UTF8.GetBytes)).Sample(
            bytes =>
            {
                var (document, error) = JsonStructure.Parse(bytes);
                using (document)
                {
                    if (document is not null)
                    {
                        // What passes, every string of it included, can be read.
                        _ = JsonSerializer.Serialize(document.RootElement);
                        ReadAll(document.RootElement);
                    }

                    return document is null == error is { Status: 400 };
                }
            },
            iter: 100_000);

    private static readonly Gen<string> JsonLike = Gen.OneOf<string>(
        "{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\"b\"", "1", "-0.5e9", "true", "null", " ", "\\", "\\u", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "{\"a\":", "}")
        .Array[0, 12].Select(string.Concat);

    private static string? Code(string json)
    {
        var (document, error) = JsonStructure.Parse(Encoding.UTF8.GetBytes(json));
        document?.Dispose();
        return error?.Code;
    }

    private static void ReadAll(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadAll(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadAll(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
