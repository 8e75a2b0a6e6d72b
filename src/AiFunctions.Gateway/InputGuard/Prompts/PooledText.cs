using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>A text that grows in a pooled buffer, which is wiped before anyone else gets it.</summary>
internal sealed class PooledText : IDisposable
{
    private const int FirstCapacity = 1024;
    private char[] _buffer = [];
    private int _length;

    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<char> Memory => _buffer.AsMemory(0, _length);

    public int Length => _length;

    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    /// <summary>Appends a JSON string, unescaped.</summary>
    /// <param name="value">A string whose escapes are valid, as <see cref="RequestBody.JsonStructure"/> has made sure.</param>
    public void Append(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        _length += reader.CopyString(Reserve(raw.Length));
    }

    /// <summary>Appends text in UTF-8.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public void AppendUtf8(ReadOnlySpan<byte> utf8) => _length += Encoding.UTF8.GetChars(utf8, Reserve(utf8.Length));

    public void Dispose()
    {
        Return(_buffer, _length);
        _buffer = [];
        _length = 0;
    }

    private Span<char> Reserve(int more)
    {
        if (_buffer.Length - _length < more)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(FirstCapacity, Math.Max(_length + more, checked(_buffer.Length * 2))));
            Span.CopyTo(larger);
            Return(_buffer, _length);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    // Only what was used is wiped: the pool's buffers can be far larger than the text.
    private static void Return(char[] buffer, int used)
    {
        if (buffer.Length > 0)
        {
            buffer.AsSpan(0, used).Clear();
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
