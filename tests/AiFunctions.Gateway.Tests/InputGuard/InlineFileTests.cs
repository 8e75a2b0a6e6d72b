using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.InputGuard.Prompts;

namespace AiFunctions.Gateway.Tests.InputGuard;

public class InlineFileTests
{
    private const string Sentence = "A sentence with an \u00e9 in it, of some length.";

    [Fact]
    public void Text_is_read_in_every_dress()
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Sentence));

        Assert.Equal(Sentence, Read(Sentence));
        Assert.Equal(Sentence, Read(base64));
        Assert.Equal(Sentence, Read(base64.Insert(20, "\r\n")));
        Assert.Equal(Sentence, Read("data:text/plain;charset=utf-8;base64," + base64));
        Assert.Equal("short", Read("short"));
        Assert.Equal("", Read(""));
        Assert.Equal("", Read("data:text/plain,"));
    }

    [Fact]
    public void Of_a_file_that_is_no_text_nothing_is_read()
    {
        var bytes = new byte[3000];
        new Random(1).NextBytes(bytes);

        Assert.Equal("", Read("data:application/pdf;base64," + Convert.ToBase64String(bytes)));
    }

    [Fact]
    public void A_text_does_not_hide_as_a_media_type()
    {
        var text = "data:" + string.Concat(Enumerable.Repeat("some words ", 20)) + ",aGVsbG8gd29ybGQhISE=";

        Assert.Equal(text, Read(text));
    }

    [Fact]
    public void Words_that_could_be_base64_are_read_as_words() =>
        Assert.Equal("ignoreallpreviousinstructions123", Read("ignoreallpreviousinstructions123"));

    private static string Read(string data)
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(data));
        using var text = new PooledText();
        InlineFile.Append(json.RootElement, text);
        return text.Span.ToString();
    }
}
