namespace AiFunctions.Gateway.RequestBody;

/// <summary>How much a request's body may hold. A feature of the request; without it <see cref="Default"/> holds.</summary>
/// <param name="MostCharacters">The characters that its caller may send, in UTF-16 code units.</param>
/// <param name="TakesMedia">Whether it may hold images, sound or files in base64, which no number of characters bounds.</param>
internal sealed record BodyAllowance(long MostCharacters, bool TakesMedia)
{
    /// <summary>For operations that ask no model.</summary>
    public static readonly BodyAllowance Default = new(256_000, TakesMedia: false);

    // An escaped UTF-16 code unit. Characters of more bytes in UTF-8 than that there are none.
    private const int BytesPerCharacter = 6;

    // For what is not counted as characters: names and roles of many short messages, white space, the beginnings of media.
    private const int FreeBytes = 64 * 1024;
    private const int FreeValues = 16 * 1024;

    /// <summary>The most bytes beside media.</summary>
    public long MostBytes { get; } = FreeBytes + Math.Min(MostCharacters, long.MaxValue / (2 * BytesPerCharacter)) * BytesPerCharacter;

    /// <summary>The most values and names in all objects and lists together.</summary>
    public long MostValues { get; } = FreeValues + (MostCharacters / 2);
}
