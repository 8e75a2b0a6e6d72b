using System.Globalization;

namespace AiFunctions.Gateway.Hashing;

/// <summary>128 bits of a keyed hash that stand for an end user of a client, whom requests name, wherever one is compared or stored.</summary>
internal readonly record struct EndUserHash(UInt128 Value)
{
    /// <summary>32 small hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> has written, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EndUserHash hash)
    {
        var isHash = AddressHash.TryParse(text, out var value); // the same digits
        hash = new EndUserHash(value.Value);
        return isHash;
    }
}
