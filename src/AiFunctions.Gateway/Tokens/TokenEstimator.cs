using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Says how many tokens a text can be at the most, before or in place of a model server's own count.</summary>
internal sealed class TokenEstimator(O200kVocabulary vocabulary, IOptions<TokenOptions> options)
{
    /// <summary>
    /// How much text of a request, in bytes of UTF-8, is cut into tokens. Beyond it a byte is taken for a token, because cutting the
    /// worst of texts takes a quarter of a microsecond a byte.
    /// </summary>
    public const int LongestCut = 64 * 1024;

    private const int MarginShift = 4; // a sixteenth

    private readonly int _bytesPerToken = options.Value.BytesPerToken;
    private readonly int _imageTokens = options.Value.ImageTokens;

    /// <summary>Begins to weigh a request.</summary>
    /// <param name="model">The model that it names.</param>
    /// <param name="family">How that model counts.</param>
    public PromptWeight Weigh(string model, TokenizerFamily family) => new(this, family, ModelTokenizers.ImageTokens(model) ?? _imageTokens);

    /// <summary>The most tokens that a text can be.</summary>
    /// <param name="text">The text, without JSON's escapes.</param>
    /// <param name="utf8Length">Its length in UTF-8.</param>
    /// <param name="family">How the model counts.</param>
    public long Count(ReadOnlySpan<char> text, long utf8Length, TokenizerFamily family)
    {
        if (!NeedsText(family) || utf8Length > LongestCut || !vocabulary.TryCount(text, out var tokens))
        {
            return utf8Length;
        }

        tokens += (tokens >> MarginShift) + 1;
        if (family == TokenizerFamily.Unknown)
        {
            tokens = Math.Max(tokens, ((utf8Length - 1) / _bytesPerToken) + 1);
        }

        // The simulator counts words, and o200k has tokens that reach over white space, such as those of comment lines.
        return text.IsEmpty ? 0 : Math.Min(Math.Max(tokens, CountWords(text)), utf8Length);
    }

    /// <summary>Whether <see cref="Count"/> looks at the text itself.</summary>
    public bool NeedsText(TokenizerFamily family) => family == TokenizerFamily.O200k || _bytesPerToken > 1;

    private static int CountWords(ReadOnlySpan<char> text)
    {
        var words = 1;
        var afterSpace = char.IsWhiteSpace(text[0]);
        foreach (var c in text)
        {
            var isSpace = char.IsWhiteSpace(c);
            words += isSpace && !afterSpace ? 1 : 0;
            afterSpace = isSpace;
        }

        return words;
    }
}
