using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Judges what shows only over a longer text: a leaked system prompt, recited training data, malicious code, dangerous instructions.
/// Each verdict falls at a character of the text, whatever chunk it comes in.
/// </summary>
/// <remarks>A remote classifier for the uncertain band would be asked here, at fixed positions, with the text held meanwhile.</remarks>
internal sealed class AnswerObserver
{
    // Words are base64, too; what they decode to is not worth a look.
    private const int ShortestDecoded = 12;

    private readonly FilterPolicy _policy;
    private readonly SystemTextOverlap? _overlap;
    private readonly SystemTextOverlap? _decodedOverlap;
    private readonly bool _watchesRepetition;
    private readonly bool _watchesWords;
    private readonly List<(OutputCategory Category, long Position)> _findings = new(0);
    private Base64View _base64;
    private Repetition _repetition;
    private HarmScore _harm;
    private uint _word = StableHash.Seed;
    private long _position;
    private int _found;

    private AnswerObserver(FilterPolicy policy, SystemText? systemText)
    {
        _policy = policy;
        if (systemText is not null && policy.Wants(OutputCategory.SystemPrompt))
        {
            _overlap = new SystemTextOverlap(systemText);
            _decodedOverlap = new SystemTextOverlap(systemText);
        }

        _watchesRepetition = policy.Wants(OutputCategory.TrainingData);
        _watchesWords = _watchesRepetition || policy.Wants(OutputCategory.MaliciousCode) || policy.Wants(OutputCategory.DangerousInstructions);
    }

    /// <summary>Whether a finding ends the text.</summary>
    public bool HasBlocked { get; private set; }

    /// <summary>An observer for a text; null when there is nothing to watch for.</summary>
    public static AnswerObserver? For(FilterPolicy policy, SystemText? systemText)
    {
        var observer = new AnswerObserver(policy, systemText);
        return observer._overlap is null && !observer._watchesWords ? null : observer;
    }

    /// <summary>Looks at the next canonical characters.</summary>
    /// <returns>Where the text must end; −1 when it may go on.</returns>
    public int Observe(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Observe(text[i]))
            {
                HasBlocked = true;
                return i;
            }

            _position++;
        }

        return -1;
    }

    /// <summary>Counts what was found before a position.</summary>
    public void Count(FilterCounts counts, long before)
    {
        foreach (var (category, position) in _findings)
        {
            if (position < before)
            {
                counts.Add(category);
            }
        }

        _findings.Clear();
    }

    private bool Observe(char c)
    {
        var isLetter = SystemText.TryFold(c, out var letter);
        if (_overlap is not null)
        {
            if (isLetter && _overlap.Add(letter) && Find(OutputCategory.SystemPrompt))
            {
                return true;
            }

            if (_base64.Add(c, out var decoded) && _base64.Length > ShortestDecoded && SystemText.TryFold(decoded, out var decodedLetter) && _decodedOverlap!.Add(decodedLetter) && Find(OutputCategory.SystemPrompt))
            {
                return true;
            }
        }

        if (!_watchesWords)
        {
            return false;
        }

        if (isLetter || c == '_')
        {
            _word = StableHash.Add(_word, isLetter ? letter : c);
            return false;
        }

        if (c is '(' or ')' or ';' or '{' or '}' or '=' or '[' or '|')
        {
            _harm.AddCodeMark();
        }

        return _word != StableHash.Seed && EndWord();
    }

    private bool EndWord()
    {
        var word = _word;
        _word = StableHash.Seed;
        _harm.Add(word);
        return (_watchesRepetition && _repetition.Add(word) && Find(OutputCategory.TrainingData))
            || (_harm.IsDangerous && Find(OutputCategory.DangerousInstructions))
            || (_harm.IsMalicious && Find(OutputCategory.MaliciousCode));
    }

    /// <summary>Notes a finding, the first of its category.</summary>
    /// <returns>Whether it ends the text.</returns>
    private bool Find(OutputCategory category)
    {
        if (!_policy.Wants(category) || (_found & (1 << (int)category)) != 0)
        {
            return false;
        }

        _found |= 1 << (int)category;
        _findings.Add((category, _position));
        return _policy[category] == FilterAction.Block;
    }
}
