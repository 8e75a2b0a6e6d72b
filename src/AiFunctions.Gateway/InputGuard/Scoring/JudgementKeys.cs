using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Knows a text again without keeping it: half of an HMAC, whose key is random and never leaves this object.</summary>
/// <remarks>Cryptographic, because whoever could make an attack hash like a harmless text would have it served.</remarks>
internal sealed class JudgementKeys
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    /// <summary>The hash of a text of a source. Safe for concurrent use.</summary>
    public UInt128 Of(ReadOnlySpan<char> text, TextSource source)
    {
        // ASCII is hashed as bytes, which takes half the time.
        var narrow = ArrayPool<byte>.Shared.Rent(text.Length);
        var isAscii = Ascii.FromUtf16(text, narrow, out var length) == OperationStatus.Done;

        // A key for each source and form, rather than a byte before the text, which would take a copy.
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _key.CopyTo(key);
        key[0] ^= (byte)source;
        key[1] ^= isAscii ? (byte)1 : (byte)0;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, isAscii ? narrow.AsSpan(0, length) : MemoryMarshal.AsBytes(text), hash);
        narrow.AsSpan(0, length).Clear();
        ArrayPool<byte>.Shared.Return(narrow);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
