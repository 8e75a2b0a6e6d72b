using System.Buffers;
using System.Text;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.RequestId;

/// <summary>The id under which a request is logged, recorded and passed on to upstreams: <see cref="HttpContext.TraceIdentifier"/>.</summary>
/// <remarks>
/// A caller may choose any <c>x-request-id</c> of plain characters, and so could put a name or an address of somebody's in it. One that looks
/// like an id (a UUID, a ULID, or hexadecimal digits) is kept as it is; of any other a keyed hash is. The caller gets its own back either way.
/// </remarks>
internal static class RecordedRequestId
{
    private const int UlidLength = 26;
    private const int FewestDigits = 16;
    private const int MostDigits = 64;
    private const string HashPrefix = "hash-";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> CrockfordDigits = SearchValues.Create("0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz");

    /// <summary>The id to record a request under.</summary>
    /// <param name="id">The request's id, plain characters only.</param>
    /// <param name="hash">Makes the hash.</param>
    public static string Of(string id, KeyedHash hash) => LooksLikeId(id) ? id : HashPrefix + hash.OfRequestId(Encoding.ASCII.GetBytes(id));

    /// <summary>Whether a text has the form of a UUID, a ULID or a number of 16 to 64 hexadecimal digits, and is neither a word nor a plain number.</summary>
    public static bool LooksLikeId(string id)
    {
        if (id.Length is >= FewestDigits and <= MostDigits && !id.AsSpan().ContainsAnyExcept(HexDigits))
        {
            // With both a digit and a letter: figures alone may be a card's or an account's, letters alone a word.
            return id.AsSpan().ContainsAnyInRange('0', '9') && id.AsSpan().ContainsAnyExceptInRange('0', '9');
        }

        // A ULID's first ten characters are its time: this century's begin with 01, as no word does.
        return Guid.TryParseExact(id, "D", out _)
            || (id.Length == UlidLength && id.StartsWith("01", StringComparison.Ordinal) && !id.AsSpan().ContainsAnyExcept(CrockfordDigits));
    }
}
