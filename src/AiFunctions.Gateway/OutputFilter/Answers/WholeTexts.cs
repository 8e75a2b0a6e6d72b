using System.Buffers;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Answers;

/// <summary>Filters the strings of an answer that come whole in each event: ids, names of members, addresses, what nobody knows. One for each answer.</summary>
/// <remarks>
/// Most are the same from event to event, or words of a fixed list, so what was clean is remembered. In what is formed like an identifier, digits
/// are no personal data: ids are made of them.
/// </remarks>
internal sealed class WholeTexts(FilterPolicy policy)
{
    private const int LongestWord = 24;
    private const int LongestIdentifier = 64;
    private const int LongestRemembered = 128;
    private const int MostRemembered = 16;

    private static readonly SearchValues<byte> WordBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./ "u8);
    private static readonly SearchValues<char> IdentifierCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

    private readonly List<byte[]> _clean = [];
    private readonly CharBuffer _text = new();
    private readonly CharBuffer _filtered = new();
    private int _oldest;

    /// <summary>Matches so far.</summary>
    public FilterCounts Counts { get; } = new();

    /// <summary>Whether a string needs no look.</summary>
    /// <param name="raw">What stands between its quotes.</param>
    public bool IsClean(ReadOnlySpan<byte> raw)
    {
        if (raw.Length <= LongestWord && policy.Blocklist.IsEmpty && !raw.ContainsAnyExcept(WordBytes))
        {
            return true;
        }

        foreach (var each in _clean)
        {
            if (raw.SequenceEqual(each))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Filters a string.</summary>
    /// <param name="raw">What stands between its quotes.</param>
    /// <param name="isEscaped">Whether it has backslashes.</param>
    /// <param name="output">Gets it.</param>
    /// <returns>Whether it changed.</returns>
    public bool Filter(ReadOnlySpan<byte> raw, bool isEscaped, CharBuffer output) => Filter(raw, isEscaped, output, Counts);

    /// <summary>Writes a string with its quotes, filtered, as it is written again elsewhere.</summary>
    /// <param name="raw">What stands between its quotes.</param>
    /// <param name="isEscaped">Whether it has backslashes.</param>
    /// <param name="output">Gets it.</param>
    public void Write(ReadOnlySpan<byte> raw, bool isEscaped, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        _filtered.Clear();
        if (IsClean(raw) || !Filter(raw, isEscaped, _filtered, new FilterCounts()))
        {
            output.Write(raw);
        }
        else
        {
            JsonText.Write(_filtered.Written, output);
        }

        output.Write("\""u8);
    }

    private bool Filter(ReadOnlySpan<byte> raw, bool isEscaped, CharBuffer output, FilterCounts counts)
    {
        _text.Clear();
        JsonText.Read(raw, isEscaped, _text);
        var start = output.Length;
        var filter = new TextFilter(IsIdentifier(_text.Written) ? policy.ForIdentifiers : policy.ForWholeTexts);
        filter.Append(_text.Written, output);
        filter.Complete(output);
        counts.Add(filter.Counts);
        var changed = !output.Written[start..].SequenceEqual(_text.Written);
        if (!changed && filter.Counts.IsEmpty && raw.Length <= LongestRemembered)
        {
            Remember(raw);
        }

        return changed;
    }

    private void Remember(ReadOnlySpan<byte> raw)
    {
        if (_clean.Count < MostRemembered)
        {
            _clean.Add(raw.ToArray());
        }
        else
        {
            _clean[_oldest++ % MostRemembered] = raw.ToArray();
        }
    }

    private static bool IsIdentifier(ReadOnlySpan<char> text) =>
        text.Length <= LongestIdentifier && text.ContainsAnyInRange('A', 'z') && !text.ContainsAnyExcept(IdentifierCharacters);
}
