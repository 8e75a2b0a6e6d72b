namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>FNV-1a over characters, ASCII letters in any case being the same. The same in every process, so verdicts are, too.</summary>
internal static class StableHash
{
    public const uint Seed = 2166136261;
    private const uint Prime = 16777619;

    public static uint Add(uint hash, char c) => (hash ^ c) * Prime;

    public static int Of(ReadOnlySpan<char> text)
    {
        var hash = Seed;
        foreach (var c in text)
        {
            hash = Add(hash, char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        }

        return (int)hash;
    }
}
