using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Weighs one request, part by part.</summary>
/// <remarks>
/// Whatever could reach the prompt counts: the texts of the messages, unescaped, and every other field as the JSON that it is (tools,
/// functions, a response format's schema, fields that only some servers know), but for those that are known to steer only.
/// </remarks>
internal sealed class PromptWeight(TokenEstimator estimator, TokenizerFamily family, int imageTokens) : IPromptVisitor
{
    private const int TokensPerText = 2;

    // Text in tokens is not seen; as text it would be about four characters a token.
    private const int CharactersPerToken = 4;

    // Ten tokens a second (OpenAI's audio models) in base64 of the thinnest audio there is, MP3 of 8 kbit/s.
    private const int AudioBytesPerToken = 64;

    // Beside its text: role, name and turn markers. OpenAI counts 3 to 4 a message; other servers' templates have longer markers,
    // a preamble of their own, and instructions for the use of tools.
    private readonly int _tokensPerTurn = family == TokenizerFamily.O200k ? 8 : 16;
    private readonly int _tokensPerMember = family == TokenizerFamily.O200k ? 32 : 256;

    private int _cutLeft = TokenEstimator.LongestCut;

    /// <summary>Not fewer than a model server will count for what was visited so far.</summary>
    public long Tokens { get; private set; } = family == TokenizerFamily.O200k ? 16 : 128;

    /// <summary>
    /// UTF-16 code units of all texts in the messages so far. The data of images, audio and files in base64 is no text, nor are roles, types and
    /// ids of up to <see cref="PromptStrings.LongestStructuralText"/> bytes. Four for each token that stands in place of a text.
    /// </summary>
    public long Characters { get; private set; }

    /// <summary>UTF-16 code units of all else so far: every string, name and number of what stands beside the messages, and numbers and long names in them.</summary>
    public long CharactersBeside { get; private set; }

    /// <inheritdoc/>
    public bool ReadsMembers(TextOrigin origin) => false;

    /// <inheritdoc/>
    public void Visit(in PromptPart part)
    {
        if (part.IsInMember)
        {
            return; // weighed as part of the whole
        }

        switch (part.Kind)
        {
            case PromptPartKind.Turn:
                Tokens += _tokensPerTurn;
                break;
            case PromptPartKind.Break:
                break;
            case PromptPartKind.Name:
                CharactersBeside += part.NameLength;
                break;
            case PromptPartKind.Steering:
                CharactersBeside += JsonCharacters.CountAll(part.Value);
                break;
            case PromptPartKind.Member:
                CharactersBeside += JsonCharacters.CountAll(part.Value);
                WeighMember(part.Value);
                break;
            case PromptPartKind.Scalar:
                var length = JsonMarshal.GetRawUtf8Value(part.Value).Length;
                Tokens += length;
                CharactersBeside += part.Value.ValueKind == JsonValueKind.Number ? length : 0;
                break;
            case PromptPartKind.Tokens:
                var count = part.Value.GetArrayLength();
                Tokens += count;
                Characters += (long)count * CharactersPerToken;
                break;
            default:
                WeighString(part);
                break;
        }
    }

    private void WeighString(in PromptPart part)
    {
        var raw = JsonMarshal.GetRawUtf8Value(part.Value);
        raw = raw[1..^1];
        switch (part.Media)
        {
            case PromptMedia.Image:
                Tokens += imageTokens;
                break;
            case PromptMedia.Audio:
                Tokens += imageTokens + (raw.Length / AudioBytesPerToken);
                break;
            default:
                WeighText(raw, part);
                break;
        }
    }

    private void WeighMember(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String))
        {
            return;
        }

        var json = JsonMarshal.GetRawUtf8Value(value);
        Tokens += _tokensPerMember + (json.Count("{"u8) * TokensPerText);
        if (!estimator.NeedsText(family) || json.Length > _cutLeft)
        {
            Tokens += json.Length;
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(json.Length);
        var used = 0;
        try
        {
            used = Encoding.UTF8.GetChars(json, text);
            Count(text.AsSpan(0, used), json.Length);
        }
        finally
        {
            Return(text, used);
        }
    }

    private void WeighText(ReadOnlySpan<byte> raw, in PromptPart part)
    {
        Tokens += TokensPerText;
        var isEscaped = raw.Contains((byte)'\\');
        var isText = part.Kind != PromptPartKind.Structure
            && !(part.Kind is PromptPartKind.File or PromptPartKind.FileBeside && InlineData.IsLongBase64(raw));
        var utf8Length = isEscaped ? JsonCharacters.CountUtf8(raw) : raw.Length;
        if (!estimator.NeedsText(family) || utf8Length > _cutLeft)
        {
            // Only its length counts: no copy.
            Characters += isText ? JsonCharacters.Count(raw) : 0;
            Tokens += utf8Length;
            return;
        }

        var text = ArrayPool<char>.Shared.Rent(raw.Length);
        var used = 0;
        try
        {
            if (isEscaped)
            {
                var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(part.Value));
                reader.Read();
                used = reader.CopyString(text);
            }
            else
            {
                used = Encoding.UTF8.GetChars(raw, text);
            }

            var characters = text.AsSpan(0, used);
            Characters += isText ? characters.Length : 0;
            Count(characters, utf8Length);
        }
        finally
        {
            Return(text, used);
        }
    }

    private void Count(ReadOnlySpan<char> text, long utf8Length)
    {
        if (utf8Length > _cutLeft)
        {
            Tokens += utf8Length;
            return;
        }

        _cutLeft -= (int)utf8Length;
        Tokens += estimator.Count(text, utf8Length, family);
    }

    // It held a client's text. The pool's buffers can be far larger than that.
    private static void Return(char[] buffer, int used)
    {
        buffer.AsSpan(0, used).Clear();
        ArrayPool<char>.Shared.Return(buffer);
    }
}
