using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.RequestBody;
using AiFunctions.Gateway.Upstreams;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

public class ChatRequestTests
{
    private const long Cap = 500;
    private const string Punctuation = "{}[]:, \t\r\n";

    [Theory]
    [InlineData("""{"a":1}""", OutputLimitField.MaxTokens, """{"max_tokens":500,"a":1}""")]
    [InlineData("""{"a":1}""", OutputLimitField.MaxCompletionTokens, """{"max_completion_tokens":500,"a":1}""")]
    [InlineData("""{ }""", OutputLimitField.MaxTokens, """{"max_tokens":500 }""")]
    [InlineData(""" { "max_tokens" : null }""", OutputLimitField.MaxTokens, """ { "max_tokens" : 500 }""")]
    [InlineData("""{"max_tokens":null}""", OutputLimitField.MaxCompletionTokens, """{"max_completion_tokens":500,"max_tokens":null}""")]
    [InlineData("""{"max_tokens": 501 ,"a":1}""", OutputLimitField.MaxTokens, """{"max_tokens": 500 ,"a":1}""")]
    [InlineData("""{"max_tokens":500}""", OutputLimitField.MaxTokens, """{"max_tokens":500}""")]
    [InlineData("""{"max_tokens":7}""", OutputLimitField.MaxCompletionTokens, """{"max_tokens":7}""")]
    [InlineData("""{"max_tokens":700}""", OutputLimitField.MaxCompletionTokens, """{"max_tokens":500}""")]
    [InlineData("""{"max_completion_tokens":7}""", OutputLimitField.MaxCompletionTokens, """{"max_completion_tokens":7}""")]
    [InlineData("""{"max_completion_tokens":7}""", OutputLimitField.MaxTokens, """{"max_tokens":7,"max_completion_tokens":7}""")]
    [InlineData("""{"max_completion_tokens":700,"max_tokens":null}""", OutputLimitField.MaxTokens, """{"max_completion_tokens":500,"max_tokens":500}""")]
    [InlineData("""{"max_tokens":900,"max_completion_tokens":800}""", OutputLimitField.MaxTokens, """{"max_tokens":500,"max_completion_tokens":500}""")]
    [InlineData("""{"max_tok\u0065ns":900}""", OutputLimitField.MaxTokens, """{"max_tok\u0065ns":500}""")]
    [InlineData("""{"x":{"max_tokens":900},"max_tokens":3}""", OutputLimitField.MaxTokens, """{"x":{"max_tokens":900},"max_tokens":3}""")]
    [InlineData("""{"max_tokens":99999999999999999999}""", OutputLimitField.MaxTokens, """{"max_tokens":500}""")]
    [InlineData("""{"max_tokens":3,"stream":true}""", OutputLimitField.MaxTokens, """{"stream_options":{"include_usage":true},"max_tokens":3,"stream":true}""")]
    [InlineData("""{"stream":true}""", OutputLimitField.MaxTokens, """{"max_tokens":500,"stream_options":{"include_usage":true},"stream":true}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":null}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":{ }}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"include_usage":true }}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":{"x":{}}}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"include_usage":true,"x":{}}}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":{"x":1,"include_usage" : false }}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"x":1,"include_usage" : true }}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":{"include_us\u0061ge":null}}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"include_us\u0061ge":true}}""")]
    [InlineData(
        """{"max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}""", OutputLimitField.MaxTokens,
        """{"max_tokens":3,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"max_tokens":3,"stream":false,"stream_options":null}""", OutputLimitField.MaxTokens, """{"max_tokens":3,"stream":false,"stream_options":null}""")]
    public void Only_what_must_be_is_changed(string request, object field, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(new ChatRequest(Encoding.UTF8.GetBytes(request), Cap).For(
            new UpstreamDialect(Enum.Parse<OutputLimitField>(field.ToString()!), AsksForUsage: true))));

    [Theory]
    [InlineData("{}", 500)]
    [InlineData("""{"n":3}""", 1500)]
    [InlineData("""{"n":null,"max_tokens":null}""", 500)]
    [InlineData("""{"n":2,"max_tokens":7}""", 14)]
    [InlineData("""{"max_tokens":7,"max_completion_tokens":9}""", 9)]
    [InlineData("""{"max_tokens":7,"max_completion_tokens":900,"n":128}""", 64_000)]
    public void Each_choice_can_be_as_long_as_the_limit(string request, long most) =>
        Assert.Equal(most, new ChatRequest(Encoding.UTF8.GetBytes(request), Cap).MostOutputTokens);

    [Fact]
    public void A_body_that_needs_no_change_is_not_copied()
    {
        ReadOnlyMemory<byte> body = "{\"max_tokens\":1}"u8.ToArray();

        Assert.Equal(body, new ChatRequest(body, Cap).For(new UpstreamDialect(OutputLimitField.MaxTokens, AsksForUsage: true)).First);
    }

    [Fact]
    public void A_long_body_is_not_copied_either()
    {
        var body = Encoding.UTF8.GetBytes("{\"stream\":true,\"stream_options\":{},\"x\":\"" + new string('A', 100_000) + "\",\"max_tokens\":900 }");

        var edited = new ChatRequest(body, Cap).For(new UpstreamDialect(OutputLimitField.MaxTokens, AsksForUsage: true));

        Assert.Equal(
            "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"x\":\"" + new string('A', 100_000) + "\",\"max_tokens\":500 }",
            Encoding.UTF8.GetString(edited));
        foreach (var piece in edited)
        {
            Assert.True(MemoryMarshal.TryGetArray(piece, out var array));
            Assert.True(array.Array == body || piece.Length < 30);
        }
    }

    [Fact]
    public void Whatever_the_request_the_rest_keeps_its_bytes() =>
        Gen.Select(Requests, Gen.Bool, Gen.Int[1, 1000]).Sample(
            (json, isMaxTokens, cap) =>
            {
                var field = isMaxTokens ? OutputLimitField.MaxTokens : OutputLimitField.MaxCompletionTokens;
                var old = Encoding.UTF8.GetBytes(json);
                using var before = JsonDocument.Parse(old);
                var request = new ChatRequest(old, cap);
                var edited = request.For(new UpstreamDialect(field, AsksForUsage: true));

                // Valid, and no field twice.
                var (after, error) = JsonStructure.Parse(edited.ToArray());
                using (after)
                {
                    Assert.Null(error);
                    CheckLimits(before.RootElement, after!.RootElement, isMaxTokens ? "max_tokens" : "max_completion_tokens", cap, request.MostOutputTokens);
                    CheckStream(before.RootElement, after.RootElement);
                    CheckOthers(before.RootElement, after.RootElement);
                }

                // Down to the white space everything is there in its order, but for the values that were replaced.
                var lost = Lost(json, Encoding.UTF8.GetString(edited));
                Assert.True(lost.Count <= 3);
                Assert.All(lost, lexeme => Assert.True(lexeme is "null" or "false" || int.TryParse(lexeme, out _), lexeme));
                Assert.Equal(json, Encoding.UTF8.GetString(old));
            },
            iter: 50_000);

    private static readonly Gen<string> Spaces = Gen.OneOf<string>("", "", " ", "\n", "\t \r\n");

    private static readonly Gen<string> Values = Gen.OneOf<string>(
        "null", "true", "1.50", "\"max_tokens\"", "\"ü😀\\u00fc\\\"\\/\"", "[ ]", "[{\"max_tokens\":9, \"stream\" :true}]",
        "{\"stream_options\":{\"include_usage\":false}}", "\"}\"");

    private static readonly Gen<string> Limits = Gen.OneOf(Gen.Const("null"), Gen.Int[1, 2000].Select(value => $"{value}"));

    private static readonly Gen<string> Options = Gen.Select(
        Gen.OneOf<string>("", "\"include_usage\"", "\"include_us\\u0061ge\""), Gen.OneOf<string>("true", "false", "null"),
        Gen.OneOf<string>("", "\"x\"", "\"ü\""), Values, Spaces, Gen.Bool)
        .Select((name, value, other, otherValue, space, first) =>
        {
            List<string> members = [];
            if (name.Length > 0)
            {
                members.Add($"{name}{space}:{space}{value}");
            }

            if (other.Length > 0)
            {
                members.Insert(first ? 0 : members.Count, $"{other}:{otherValue}{space}");
            }

            return "{" + space + string.Join(space + "," + space, members) + space + "}";
        });

    private static readonly Gen<string> Requests = Gen.Select(
        Gen.Select(Gen.OneOf<string>("", "max_tokens", "max_tok\\u0065ns"), Limits),
        Gen.Select(Gen.OneOf<string>("", "max_completion_tokens", "m\\u0061x_completion_tokens"), Limits),
        Gen.Select(Gen.OneOf<string>("", "stream", "stre\\u0061m"), Gen.OneOf<string>("true", "true", "false", "null")),
        Gen.Select(Gen.OneOf<string>("", "stream_options"), Gen.OneOf(Gen.Const("null"), Options)),
        Gen.Select(Gen.OneOf<string>("", "n"), Gen.OneOf<string>("1", "3", "null")),
        Gen.Select(Gen.OneOf<string>("", "other", "öther"), Values),
        Spaces.Array[4],
        Gen.Int[0, 5])
        .Select((a, b, c, d, e, f, spaces, turn) =>
        {
            (string Name, string Value)[] all = [a, b, c, d, e, f];
            var members = all[turn..].Concat(all[..turn]).Where(member => member.Name.Length > 0)
                .Select(member => $"\"{member.Name}\"{spaces[0]}:{spaces[1]}{member.Value}{spaces[2]}");
            return spaces[3] + "{" + spaces[1] + string.Join("," + spaces[3], members) + "}" + spaces[0];
        });

    private static void CheckLimits(JsonElement before, JsonElement after, string own, long cap, long most)
    {
        string[] names = ["max_tokens", "max_completion_tokens"];
        var set = names.Where(name => before.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number).ToList();
        foreach (var name in set)
        {
            Assert.Equal(Math.Min(cap, before.GetProperty(name).GetInt64()), after.GetProperty(name).GetInt64());
        }

        if (set.Count == 0)
        {
            Assert.Equal(cap, after.GetProperty(own).GetInt64());
        }
        else if (own == "max_tokens")
        {
            Assert.True(after.GetProperty(own).GetInt64() <= cap);
        }

        var choices = before.TryGetProperty("n", out var n) && n.ValueKind == JsonValueKind.Number ? n.GetInt64() : 1;
        Assert.Equal(
            choices * names.Max(name => after.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0), most);
    }

    private static void CheckStream(JsonElement before, JsonElement after)
    {
        if (before.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True)
        {
            Assert.True(after.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
            if (before.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object)
            {
                foreach (var option in options.EnumerateObject().Where(option => option.Name != "include_usage"))
                {
                    Assert.Equal(option.Value.GetRawText(), after.GetProperty("stream_options").GetProperty(option.Name).GetRawText());
                }
            }
        }
        else
        {
            Assert.Equal(Raw(before, "stream_options"), Raw(after, "stream_options"));
        }
    }

    private static void CheckOthers(JsonElement before, JsonElement after)
    {
        string[] ours = ["max_tokens", "max_completion_tokens", "stream_options"];
        Assert.Equal(
            before.EnumerateObject().Where(field => !ours.Contains(field.Name)).Select(field => field.ToString()),
            after.EnumerateObject().Where(field => !ours.Contains(field.Name)).Select(field => field.ToString()));
    }

    private static string? Raw(JsonElement request, string name) => request.TryGetProperty(name, out var value) ? value.GetRawText() : null;

    // What of the old is not in the edited, in order: the longest common subsequence taken away.
    private static List<string> Lost(string old, string edited)
    {
        var (a, b) = (Lexemes(old), Lexemes(edited));
        var longest = new int[a.Count + 1, b.Count + 1];
        for (var i = a.Count - 1; i >= 0; i--)
        {
            for (var j = b.Count - 1; j >= 0; j--)
            {
                longest[i, j] = a[i] == b[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }

        List<string> lost = [];
        for (int i = 0, j = 0; i < a.Count;)
        {
            if (j < b.Count && a[i] == b[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (j < b.Count && longest[i, j + 1] >= longest[i + 1, j])
            {
                j++;
            }
            else
            {
                lost.Add(a[i++]);
            }
        }

        return lost;
    }

    private static List<string> Lexemes(string json)
    {
        List<string> lexemes = [];
        for (var i = 0; i < json.Length;)
        {
            var end = i + 1;
            if (json[i] == '"')
            {
                for (; json[end] != '"'; end++)
                {
                    end += json[end] == '\\' ? 1 : 0;
                }

                end++;
            }
            else if (!Punctuation.Contains(json[i]))
            {
                for (; end < json.Length && json[end] != '"' && !Punctuation.Contains(json[end]); end++)
                {
                }
            }

            lexemes.Add(json[i..end]);
            i = end;
        }

        return lexemes;
    }
}
