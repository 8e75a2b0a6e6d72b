using AiFunctions.Gateway.OutputFilter.Patterns;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>Says how far the unbounded rest of a match goes, a character at a time.</summary>
internal struct TailScanner
{
    private const string PemEnd = "-----END ";
    private const int PemDashes = 5;

    private MatchTail _tail;
    private int _matched;
    private bool _inEndLine;

    public readonly bool IsActive => _tail != MatchTail.None;

    public void Start(MatchTail tail)
    {
        _tail = tail;
        _matched = 0;
        _inEndLine = false;
    }

    /// <summary>Takes what belongs to the match off the text.</summary>
    /// <returns>How many characters do. The scanner stays active when the text may go on.</returns>
    public int Take(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == CanonicalText.StringEdge || (_tail == MatchTail.Line && c is '\n' or '\r') || (_tail == MatchTail.Token && !CharClass.Token.Contains(c))
                || (_tail == MatchTail.Domain && !EmailPattern.IsDomain(c)))
            {
                _tail = MatchTail.None;
                return i;
            }

            if (_tail == MatchTail.Pem && EndsPem(c))
            {
                _tail = MatchTail.None;
                return i + 1;
            }
        }

        return text.Length;
    }

    private bool EndsPem(char c)
    {
        if (_inEndLine)
        {
            _matched = c == '-' ? _matched + 1 : 0;
            return _matched == PemDashes;
        }

        // After a mismatch only dashes can be the marker's start again.
        _matched = c == PemEnd[_matched] ? _matched + 1 : c != '-' ? 0 : _matched == PemDashes ? PemDashes : 1;
        if (_matched == PemEnd.Length)
        {
            _inEndLine = true;
            _matched = 0;
        }

        return false;
    }
}
