using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>A file that stands in the request itself: text, text in base64, or a data address of either.</summary>
/// <remarks>Of files that are not text, such as PDF, nothing is read.</remarks>
internal static class InlineFile
{
    private const int ShortestBase64 = 16;

    /// <summary>A word or two can pass for base64, and no real file that is not text is as short as this: both readings are judged.</summary>
    private const int LongestDoubtful = 1024;

    private const byte Space = (byte)' ';

    private static readonly SearchValues<byte> Base64Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);
    private static readonly SearchValues<byte> Base64OfAnyForm = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n"u8);

    /// <summary>Adds the file's text, if it is text.</summary>
    /// <param name="value">A JSON string.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="most">How much of it is wanted, in UTF-16 code units.</param>
    public static void Append(JsonElement value, PooledText text, int most = int.MaxValue)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        var used = 0;
        try
        {
            var reader = new Utf8JsonReader(raw);
            reader.Read();
            used = reader.CopyString(buffer);
            var data = buffer.AsSpan(0, used);
            var start = InlineData.StartOf(data);
            if (start == 0)
            {
                AppendUndeclared(data, text, most);
                return;
            }

            var type = FileType.Read(data[..(start - 1)]);
            data = PercentDecode(data[start..]);
            AppendDeclared(data, type, text, most);
        }
        finally
        {
            buffer.AsSpan(0, used).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void AppendDeclared(Span<byte> data, FileType type, PooledText text, int most)
    {
        if (!type.IsBase64 && !IsBase64(data))
        {
            FileText.Append(data, type with { IsText = true }, text, most);
            return;
        }

        AppendBase64(data, type, text, most);
    }

    private static void AppendUndeclared(Span<byte> data, PooledText text, int most)
    {
        if (!IsBase64(data))
        {
            text.Append(data, Encoding.UTF8, most);
            return;
        }

        // A space is in no base64 that a program has made, but in every sentence: so it is a sentence, whatever else it may be.
        if (data.Contains(Space))
        {
            text.Append(data, Encoding.UTF8, most);
            var decoded = Decode(data);
            if (decoded.Length > 0 && FileText.IsPlain(decoded))
            {
                FileText.Append(decoded, default, text, most);
            }

            return;
        }

        AppendBase64(data, default, text, most);
    }

    private static void AppendBase64(Span<byte> data, FileType type, PooledText text, int most)
    {
        Span<byte> doubtful = stackalloc byte[LongestDoubtful];
        doubtful = data.Length <= doubtful.Length ? doubtful[..data.Length] : [];
        data[..doubtful.Length].CopyTo(doubtful);

        var decoded = Decode(data);
        var isFile = doubtful.IsEmpty || type.IsBase64 || FileText.LooksLikeText(decoded);
        if (!isFile || !FileText.Append(decoded, type, text, most))
        {
            text.Append(doubtful, Encoding.UTF8, most);
        }
    }

    // In place, since it only gets shorter. As forgiving as the most forgiving reader: either alphabet, padding or none, and what is in neither is passed over.
    private static Span<byte> Decode(Span<byte> data)
    {
        var length = 0;
        foreach (var b in data)
        {
            var letter = b switch
            {
                (byte)'-' => (byte)'+',
                (byte)'_' => (byte)'/',
                _ => b,
            };
            if (Base64Alphabet.Contains(letter))
            {
                data[length++] = letter;
            }
        }

        var whole = length - (length % 4);
        Base64.DecodeFromUtf8InPlace(data[..whole], out var decoded);
        var rest = data[whole..length];
        if (rest.Length > 1)
        {
            Span<byte> last = [rest[0], rest[1], rest.Length > 2 ? rest[2] : (byte)'A', (byte)'A'];
            Base64.DecodeFromUtf8InPlace(last, out _);
            last[..(rest.Length - 1)].CopyTo(data[decoded..]);
            decoded += rest.Length - 1;
        }

        return data[..decoded];
    }

    private static Span<byte> PercentDecode(Span<byte> data)
    {
        var length = data.IndexOf((byte)'%');
        if (length < 0)
        {
            return data;
        }

        for (var i = length; i < data.Length; i++)
        {
            var isEscape = data[i] == '%' && i + 2 < data.Length && char.IsAsciiHexDigit((char)data[i + 1]) && char.IsAsciiHexDigit((char)data[i + 2]);
            data[length++] = isEscape ? (byte)((HexValue(data[i + 1]) << 4) | HexValue(data[i + 2])) : data[i];
            i += isEscape ? 2 : 0;
        }

        return data[..length];
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool IsBase64(ReadOnlySpan<byte> data) => data.Length >= ShortestBase64 && !data.ContainsAnyExcept(Base64OfAnyForm);
}
