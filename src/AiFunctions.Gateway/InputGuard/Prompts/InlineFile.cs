using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>A file that stands in the request itself: text, text in base64, or a data address of either.</summary>
/// <remarks>Of files that are not text, such as PDF, nothing is read.</remarks>
internal static class InlineFile
{
    private const int ShortestBase64 = 16;

    /// <summary>What stands before the comma of a data address and is longer than this is no media type, but a text that looks like one.</summary>
    private const int LongestMediaType = 128;

    /// <summary>A word or two can pass for base64, and no real file that is not text is as short as this: both readings are judged.</summary>
    private const int LongestDoubtful = 1024;

    /// <summary>Adds the file's text, if it is text.</summary>
    /// <param name="value">A JSON string.</param>
    /// <param name="text">Where it goes.</param>
    public static void Append(JsonElement value, PooledText text)
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
            var comma = data.StartsWith("data:"u8) ? data.IndexOf((byte)',') : -1;
            data = comma > LongestMediaType ? data : data[(comma + 1)..];

            if (!IsBase64(data))
            {
                text.AppendUtf8(data);
                return;
            }

            Span<byte> doubtful = stackalloc byte[LongestDoubtful];
            doubtful = data.Length <= doubtful.Length ? doubtful[..data.Length] : [];
            data[..doubtful.Length].CopyTo(doubtful);

            // In place, since it only gets shorter.
            var isDecoded = Base64.DecodeFromUtf8InPlace(data, out var length) == OperationStatus.Done;
            data = data[..length];
            text.AppendUtf8(isDecoded && Utf8.IsValid(data) && !data.Contains((byte)0) ? data : doubtful);
        }
        finally
        {
            buffer.AsSpan(0, used).Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A space is in no base64 that a program has made, but in every sentence.
    private static bool IsBase64(ReadOnlySpan<byte> data) =>
        data.Length >= ShortestBase64 && !data.Contains((byte)' ') && Base64.IsValid(data);
}
