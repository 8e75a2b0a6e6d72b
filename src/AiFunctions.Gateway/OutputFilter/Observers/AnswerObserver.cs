using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Judges what shows only over a longer text: a leaked system prompt, recited training data, malicious code, dangerous instructions.
/// Each verdict falls at a character of the text, whatever chunk it comes in.
/// </summary>
/// <remarks>
/// About a passage that may be dangerous instructions somebody else can be asked: at a character of the text, too, with what was said
/// up to there, so that how the text is cut changes neither the question nor its place. The text waits there for the answer.
/// </remarks>
internal sealed class AnswerObserver
{
    // Words are base64, too; what they decode to is not worth a look.
    private const int ShortestDecoded = 12;

    // A text is asked about a few times at most, each time after so many more characters.
    private const int MostQuestions = 4;
    private const int BetweenQuestions = 400;

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
    private readonly PassageWindow? _window;
    private long _askedAt = -BetweenQuestions;
    private int _questions;
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
        _window = policy.AsksAboutDanger ? new PassageWindow() : null;
        _watchesWords = _watchesRepetition || policy.Wants(OutputCategory.MaliciousCode) || policy.Wants(OutputCategory.DangerousInstructions);
        _harm = _watchesWords ? new HarmScore(HarmModel.Default) : default;
    }

    /// <summary>Whether a finding ends the text.</summary>
    public bool HasBlocked { get; private set; }

    /// <summary>Whether it waits for the answer to a question.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>What is asked about: the passage up to here.</summary>
    public string Question => _window!.ToString();

    /// <summary>An observer for a text; null when there is nothing to watch for.</summary>
    public static AnswerObserver? For(FilterPolicy policy, SystemText? systemText)
    {
        var observer = new AnswerObserver(policy, systemText);
        return observer._overlap is null && !observer._watchesWords ? null : observer;
    }

    /// <summary>Looks at the next canonical characters, up to where the text must end or wait.</summary>
    /// <returns>Where that is (<see cref="HasBlocked"/>, <see cref="IsWaiting"/>); −1 when the text may go on.</returns>
    public int Observe(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            HasBlocked = Observe(text[i]);
            if (HasBlocked || IsWaiting)
            {
                return i;
            }

            _position++;
        }

        return -1;
    }

    /// <summary>Takes the answer. The character at which it waited has been looked at.</summary>
    /// <param name="isDangerous">What the answer is.</param>
    public void Answer(bool isDangerous)
    {
        IsWaiting = false;
        HasBlocked = isDangerous && Find(OutputCategory.DangerousInstructions);
        _position++;
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
        _window?.Add(c);
        if (_overlap is not null)
        {
            if (isLetter && _overlap.Add(letter) && Find(OutputCategory.SystemPrompt))
            {
                return true;
            }

            if (_base64.Add(c, out var decoded) && _base64.Length > ShortestDecoded && SystemText.TryFold(decoded, out var decodedLetter)
                && _decodedOverlap!.Add(decodedLetter) && Find(OutputCategory.SystemPrompt))
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
            letter = isLetter ? letter : c;
            _word = StableHash.Add(_word, letter);
            return _harm.AddLetter(letter, _word) && Judge();
        }

        if (HarmScore.IsCodeMark(c))
        {
            _harm.AddCodeMark();
        }

        return _word != StableHash.Seed && EndWord();
    }

    private bool EndWord()
    {
        var word = _word;
        _word = StableHash.Seed;
        _harm.EndWord(word);
        return (_watchesRepetition && _repetition.Add(word) && Find(OutputCategory.TrainingData)) || Judge();
    }

    private bool Judge()
    {
        var ends = (_harm.IsDangerous && Find(OutputCategory.DangerousInstructions)) || (_harm.IsMalicious && Find(OutputCategory.MaliciousCode));
        IsWaiting = !ends && _window is not null && _harm.IsDoubtful && Asks();
        return ends;
    }

    private bool Asks()
    {
        if (_questions == MostQuestions || _position - _askedAt < BetweenQuestions || HasFound(OutputCategory.DangerousInstructions))
        {
            return false;
        }

        _questions++;
        _askedAt = _position;
        return true;
    }

    /// <summary>Notes a finding, the first of its category.</summary>
    /// <returns>Whether it ends the text.</returns>
    private bool Find(OutputCategory category)
    {
        if (!_policy.Wants(category) || HasFound(category))
        {
            return false;
        }

        _found |= 1 << (int)category;
        _findings.Add((category, _position));
        return _policy[category] == FilterAction.Block;
    }

    private bool HasFound(OutputCategory category) => (_found & (1 << (int)category)) != 0;
}
