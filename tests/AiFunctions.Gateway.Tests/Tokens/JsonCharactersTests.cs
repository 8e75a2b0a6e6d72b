using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Tokens;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Tokens;

public class JsonCharactersTests
{
    private static readonly Gen<string> Pieces = Gen.OneOf<string>(
        "a", "some words ", "\\", "\"", "/", "+", "\n", "\0", "\u007f", "\u00fc", "\u07ff", "\u0800", "\u20ac", "\uffff", "\ud83d\ude00");

    [Fact]
    public void A_string_is_as_long_as_it_is_without_its_escapes() =>
        Pieces.Array[0, 20].Select(string.Concat).Sample(
            text =>
            {
                foreach (var json in (string[])[JsonSerializer.Serialize(text), "\"" + string.Concat(text.Select(c => $"\\u{(int)c:X4}")) + "\""])
                {
                    var escaped = Encoding.UTF8.GetBytes(json)[1..^1];

                    Assert.Equal(text.Length, JsonCharacters.Count(escaped));
                    Assert.Equal(Encoding.UTF8.GetByteCount(text), JsonCharacters.CountUtf8(escaped));
                }
            },
            iter: 5_000);
}
