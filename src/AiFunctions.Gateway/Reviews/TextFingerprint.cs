using System.Globalization;

namespace AiFunctions.Gateway.Reviews;

/// <summary>128 bits of a keyed hash that stand for a text wherever one is compared or stored.</summary>
internal readonly record struct TextFingerprint(UInt128 Value)
{
    /// <summary>32 small hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    public static bool TryParse(string text, out TextFingerprint fingerprint)
    {
        var isFingerprint = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        fingerprint = new TextFingerprint(value);
        return isFingerprint;
    }
}
