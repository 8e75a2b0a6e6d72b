using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Prompts;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>A file that stands in the request itself: text, text in base64, or a data address of either.</summary>
/// <remarks>Of files that are not text, such as PDF, nothing is read.</remarks>
internal static class InlineFile
{
    /// <summary>A word or two can pass for base64, and no real file that is not text is as short as this: both readings are judged.</summary>
    private const int LongestDoubtful = 1024;

    private const int LongestEscape = 6;
    private const int LongestWindow = 16 * 1024;

    /// <summary>Adds the file's text, if it is text.</summary>
    /// <param name="value">A JSON string.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="most">How much of it is wanted, in UTF-16 code units.</param>
    public static void Append(JsonElement value, PooledText text, int most = int.MaxValue)
    {
        var escaped = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        var sample = Math.Min(escaped.Length, FileTraits.SampleLength);
        var length = sample + Math.Clamp(escaped.Length, FileBytes.SmallestWindow, LongestWindow);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Append(escaped, buffer.AsSpan(0, sample), buffer.AsSpan(sample, length - sample), text, most);
        }
        finally
        {
            buffer.AsSpan(0, length).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Append(ReadOnlySpan<byte> escaped, Span<byte> head, Span<byte> window, PooledText text, int most)
    {
        var data = new FileBytes(escaped, skip: 0, isBase64: false, window);
        var beginning = window[..data.Read()];
        var start = InlineData.StartOf(beginning);
        if (start == 0)
        {
            AppendUndeclared(ref data, head, text, most);
            return;
        }

        var type = FileType.Read(beginning[..(start - 1)]);
        data = new FileBytes(escaped, start, isBase64: false, window);
        if (!type.IsBase64)
        {
            var traits = FileTraits.Of(ref data, head);
            if (!traits.IsBase64)
            {
                FileText.Append(ref data, traits, type with { IsText = true }, text, most);
                return;
            }
        }

        AppendBase64(ref data, type, isDoubtful: escaped.Length <= LongestDoubtful * LongestEscape && LengthOf(ref data) <= LongestDoubtful, head, text, most);
    }

    private static void AppendUndeclared(scoped ref FileBytes data, Span<byte> head, PooledText text, int most)
    {
        var traits = FileTraits.Of(ref data, head);
        if (traits.IsBase64 && !traits.HasSpace)
        {
            AppendBase64(ref data, default, traits.Length <= LongestDoubtful, head, text, most);
            return;
        }

        // A space is in no base64 that a program has made, but in every sentence: so it is a sentence, whatever else it may be.
        text.Append(ref data, Encoding.UTF8, most);
        if (traits.IsBase64)
        {
            var decoded = data.As(isBase64: true);
            traits = FileTraits.Of(ref decoded, head);
            if (traits.IsPlain)
            {
                FileText.Append(ref decoded, traits, default, text, most);
            }
        }
    }

    private static void AppendBase64(scoped ref FileBytes data, FileType type, bool isDoubtful, Span<byte> head, PooledText text, int most)
    {
        var decoded = data.As(isBase64: true);
        var traits = FileTraits.Of(ref decoded, head);
        var isFile = !isDoubtful || type.IsBase64 || FileText.LooksLikeText(traits);
        if ((!isFile || !FileText.Append(ref decoded, traits, type, text, most)) && isDoubtful)
        {
            text.Append(ref data, Encoding.UTF8, most);
        }
    }

    private static long LengthOf(scoped ref FileBytes file)
    {
        var length = 0L;
        file.Rewind();
        while (file.Read() is > 0 and var read)
        {
            length += read;
        }

        return length;
    }
}
