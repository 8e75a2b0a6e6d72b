using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.Scoring;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Apis.ChatCompletions;

public class ChatPromptTests
{
    [Theory]
    [InlineData("{\"role\":\"user\",\"content\":\"one\"},{\"role\":\"user\",\"content\":\"two\"}", "onetwo", "")]
    [InlineData("{\"role\":\"user\",\"content\":\"\\u0061\\ud83d\\ude00\\n\"}", "a\ud83d\ude00\n", "")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"one\"},{\"text\":\"two\",\"type\":\"input_text\"}]}", "onetwo", "")]
    [InlineData("{\"role\":\"system\",\"content\":\"sys\"},{\"role\":\"developer\",\"content\":\"dev\"},{\"role\":\"user\",\"content\":\"u\"}", "u", "")]
    [InlineData("{\"role\":\"user\",\"content\":\"one\"},{\"role\":\"assistant\",\"content\":\"ok\"},{\"role\":\"user\",\"content\":\"two\"}", "onetwook", "")]
    [InlineData("{\"role\":\"tool\",\"content\":\"t\",\"tool_call_id\":\"id\"},{\"role\":\"function\",\"content\":\"f\",\"name\":\"n\"}", "", "tfn")]
    [InlineData("{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"t\"}]}", "", "t")]
    [InlineData("{\"name\":\"bob\",\"role\":\"user\",\"content\":\"one\"},{\"role\":\"user\",\"content\":\"two\"}", "onetwobob", "")]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":{\"name\":\"f\","
            + "\"arguments\":\"{}\"}}],\"refusal\":\"no\"}",
        "f{}no", "")]
    [InlineData("{\"role\":\"assistant\",\"function_call\":{\"name\":\"f\",\"arguments\":\"x\"},\"reasoning_content\":\"why\"}", "fxwhy", "")]
    [InlineData("{\"role\":\"assistant\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"no\"}]}", "no", "")]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"}},{\"type\":\"input_audio\","
            + "\"input_audio\":{\"data\":\"AA\",\"format\":\"wav\"}}]}",
        "", "")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://x\"},\"text\":\"hidden\"}]}", "hidden", "")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"novel\",\"body\":{\"deep\":[\"x\"]}}]}", "x", "")]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"filename\":\"n.txt\",\"file_data\":\"data:text/plain;base64,"
            + "aGVsbG8gd29ybGQhISE=\"}}]}",
        "", "n.txthello world!!!")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"file_id\":\"file-1\"}}]}", "", "")]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"document\",\"source\":{\"type\":\"text\",\"data\":\"plain words\"},"
            + "\"title\":\"t\"},{\"type\":\"tool_result\",\"content\":[{\"type\":\"text\",\"text\":\"r\"}]}]}",
        "", "plain wordstr")]
    public void Messages_go_where_they_belong(string messages, string user, string document) =>
        Assert.Equal((user, document), Read($"{{\"model\":\"m\",\"messages\":[{messages}]}}"));

    [Fact]
    public void An_id_that_is_too_long_for_one_is_text()
    {
        var text = new string('x', 65);

        Assert.Equal("", Read($"{{\"messages\":[{{\"role\":\"tool\",\"content\":\"\",\"tool_call_id\":\"{text[1..]}\"}}]}}").Document);
        Assert.Equal(text, Read($"{{\"messages\":[{{\"role\":\"tool\",\"content\":\"\",\"tool_call_id\":\"{text}\"}}]}}").Document);
    }

    [Fact]
    public void What_stands_beside_the_messages_is_the_applications_but_for_documents_and_predictions()
    {
        const string Request = """
            {"model":"model","user":"user","metadata":{"a":"meta"},"stop":["stop"],"documents":[{"title":"D","text":"d"}],
             "prediction":{"type":"content","content":"P"},"tools":[{"type":"function","function":{"name":"f","description":"T",
             "parameters":{"type":"object","properties":{"p":{"description":"Q"}}}}}],"response_format":{"type":"json_schema","json_schema":{"description":"S"}},
             "messages":[{"role":"system","content":"sys"},{"role":"user","content":"U"}]}
            """;

        Assert.Equal(("UP", "Dd"), Read(Request));
        Assert.Equal(("UsysPfTQS", "Dd"), Read(Request, trustDeveloper: false));
    }

    [Fact]
    public void Assistants_can_be_trusted() => Assert.Equal(
        ("u", ""),
        Read(
            "{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[{\"function\":{\"arguments\":\"x\"}}]},"
                + "{\"role\":\"user\",\"content\":\"u\"}]}",
            trustAssistant: true));

    /// <summary>I4: neither the split of a role's text into messages and parts nor what stands between them shows in what is judged.</summary>
    [Fact]
    public void How_a_roles_text_is_split_does_not_matter()
    {
        var split = Gen.Select(Gen.Char["ab \u00e9\u4e2d\"\\"].Array[1, 40], Gen.Int[0, 4].Array[40], Gen.Bool.Array[40]);
        Gen.Select(split, Gen.OneOf("user", "tool")).Sample(
            (text, role) =>
            {
                var (characters, breaks, _) = text;
                var whole = new string(characters);
                var expected = role == "user" ? (whole + "aside", "") : ("aside", whole);
                return Read(Split(characters, breaks, role)) == expected;
            },
            iter: 20_000);
    }

    private static string Split(char[] text, int[] breaks, string role)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("messages");
            Message("assistant", ["as"]);
            var parts = new List<string>();
            var part = new StringBuilder();
            for (var i = 0; i < text.Length; i++)
            {
                part.Append(text[i]);
                if (breaks[i] >= 1)
                {
                    parts.Add(part.ToString());
                    part.Clear();
                }

                if (breaks[i] >= 2)
                {
                    Message(role, parts);
                    parts.Clear();
                }

                if (breaks[i] >= 3)
                {
                    Message("system", ["between"]);
                }

                if (breaks[i] >= 4)
                {
                    Message("assistant", [""]);
                }
            }

            parts.Add(part.ToString());
            Message(role, parts);
            Message("assistant", ["ide"]);
            writer.WriteEndArray();
            writer.WriteEndObject();

            void Message(string from, List<string> contents)
            {
                writer.WriteStartObject();
                writer.WriteString("role", from);
                if (contents.Count == 1)
                {
                    writer.WriteString("content", contents[0]);
                }
                else
                {
                    writer.WriteStartArray("content");
                    foreach (var content in contents)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("type", "text");
                        writer.WriteString("text", content);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            }
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static (string User, string Document) Read(string request, bool trustDeveloper = true, bool trustAssistant = false)
    {
        using var body = JsonDocument.Parse(request);
        using var text = new PromptText(trustDeveloper, trustAssistant);
        ChatPrompt.Read(body.RootElement, text);
        return (text.Join(TextSource.User).ToString(), text.Join(TextSource.Document).ToString());
    }
}
