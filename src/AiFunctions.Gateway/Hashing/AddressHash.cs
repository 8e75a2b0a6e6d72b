using System.Globalization;

namespace AiFunctions.Gateway.Hashing;

/// <summary>128 bits of a keyed hash that stand for a caller's address wherever one is compared or stored.</summary>
internal readonly record struct AddressHash(UInt128 Value)
{
    /// <summary>The length of the text form.</summary>
    public const int TextLength = 32;

    /// <summary>32 small hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> has written, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressHash hash)
    {
        var isHash = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && text.Length == TextLength
            && !text.ContainsAnyInRange('A', 'F');
        hash = new AddressHash(value);
        return isHash;
    }
}
