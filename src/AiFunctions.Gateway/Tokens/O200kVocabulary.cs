using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Tokenizers;

namespace AiFunctions.Gateway.Tokens;

/// <summary>
/// OpenAI's <c>o200k_base</c> vocabulary. It takes a fraction of a second and some 40 MB to load, so it loads in the background when it
/// is first asked for; until then whoever asks must do with the number of bytes.
/// </summary>
internal sealed class O200kVocabulary
{
    // Byte-pair merging takes quadratic time in the length of a word without a break; cut into pieces of this length, it is linear.
    private const int LongestPiece = 128;

    private readonly Lazy<Task<TiktokenTokenizer>> _loading;

    public O200kVocabulary()
        : this(() => TiktokenTokenizer.CreateForEncoding("o200k_base"))
    {
    }

    internal O200kVocabulary(Func<TiktokenTokenizer> load) => _loading = new(() => Task.Run(load));

    /// <summary>Completes when it is there. Asking starts the loading.</summary>
    public Task Loaded => _loading.Value;

    /// <summary>
    /// Counts tokens, in linear time. The count is exact for text with a space in each run of 64 characters, and else not lower
    /// than the whole text's but for a margin that the caller adds.
    /// </summary>
    /// <returns>Whether the vocabulary is there.</returns>
    public bool TryCount(ReadOnlySpan<char> text, out long tokens)
    {
        tokens = 0;
        if (!TryGet(out var vocabulary))
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var length = PieceOf(text, out var isWhole);
            tokens += vocabulary.CountTokens(text[..length], considerNormalization: false) + (isWhole ? 0 : 1);
            text = text[length..];
        }

        return true;
    }

    private bool TryGet([NotNullWhen(true)] out TiktokenTokenizer? vocabulary)
    {
        vocabulary = _loading.Value is { IsCompletedSuccessfully: true } loaded ? loaded.Result : null;
        return vocabulary is not null;
    }

    private static int PieceOf(ReadOnlySpan<char> text, out bool isWhole)
    {
        // The library takes "<|endoftext|>" for one special token; to a server it is text of several tokens.
        var special = text[..Math.Min(text.Length, LongestPiece + 1)].IndexOf("<|");
        if (special >= 0 && special < LongestPiece)
        {
            isWhole = false;
            return special + 1;
        }

        isWhole = true;
        if (text.Length <= LongestPiece)
        {
            return text.Length;
        }

        // Before a space that follows a word, the vocabulary's own pattern always cuts.
        for (var i = LongestPiece; i > LongestPiece / 2; i--)
        {
            if (text[i] == ' ' && !char.IsWhiteSpace(text[i - 1]))
            {
                return i;
            }
        }

        isWhole = false;
        return char.IsHighSurrogate(text[LongestPiece - 1]) ? LongestPiece - 1 : LongestPiece;
    }
}
