using System.Runtime.CompilerServices;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Patterns;

namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>
/// Filters one run of text as it comes. From left to right, each place where a pattern could start is decided once it cannot be
/// decided differently by any text to come; until then it and what follows is held. A whole text is one chunk of the same
/// automaton, so how the text is cut changes when it leaves, never what leaves (I6).
/// </summary>
/// <remarks>Of matches at the same place the category's priority decides; what a match covers is not looked at again. At most
/// <see cref="LongestHold"/> canonical characters are held, and <see cref="CanonicalText.MostSurplus"/> more that patterns do not see.</remarks>
internal sealed class TextFilter
{
    /// <summary>The longest stretch that any pattern asks for before it decides, in canonical characters.</summary>
    public const int LongestHold = 1100;

    private readonly FilterPolicy _policy;
    private readonly CanonicalText _text;
    private readonly CharBuffer _rest = new();
    private readonly AnswerObserver? _observer;
    private readonly bool _isJson;
    private TailScanner _tail;
    private PersonalDataCount _personalData;
    private FlaggedUntil _flaggedUntil;
    private int _observed;
    private int _waitsAt = -1;
    private long _resumesAt = -1;
    private long _withheldTo;
    private bool _isWhole;

    /// <param name="policy">What is looked for, and what is done about it.</param>
    /// <param name="isJson">Whether the text is JSON: a tool call's arguments.</param>
    /// <param name="systemText">The request's system text; null when there is none to protect.</param>
    public TextFilter(FilterPolicy policy, bool isJson = false, SystemText? systemText = null)
    {
        _policy = policy;
        _isJson = isJson;
        _text = new CanonicalText(isJson);
        _observer = AnswerObserver.For(policy, systemText);
    }

    /// <summary>Matches so far.</summary>
    public FilterCounts Counts { get; } = new();

    /// <summary>Whether the rest is withheld.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Whether the text waits for the answer to a question; until then it takes no more.</summary>
    public bool IsWaiting => _waitsAt >= 0;

    /// <summary>What is asked about: a passage of the text.</summary>
    public string Question => _observer!.Question;

    /// <summary>Canonical characters that are held because they may still become a match.</summary>
    public int Held => IsBlocked || _isWhole ? 0 : _text.Text.Length - _text.Next;

    /// <summary>Whether anything is held, be it a character that cannot be seen.</summary>
    public bool IsHolding => !IsBlocked && !_isWhole && _text.IsHolding;

    /// <summary>Whether the text is JSON that is not whole yet.</summary>
    public bool IsOpenJson => _text.IsOpenJson;

    /// <summary>Characters that are held as they came: those, and what shows nothing between them.</summary>
    public int HeldAsTheyCame => IsBlocked || _isWhole ? 0 : _text.RawLength;

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Any part of the text, cut anywhere.</param>
    /// <param name="output">Gets what is safe to show.</param>
    public void Append(ReadOnlySpan<char> chunk, CharBuffer output)
    {
        if (IsBlocked || _isWhole || chunk.IsEmpty)
        {
            return;
        }

        RequireAnswer();
        Feed(chunk, output);
    }

    /// <summary>Takes the answer that the text waits for, and goes on, maybe to the next question.</summary>
    /// <param name="isDangerous">Whether the passage tells how to do harm.</param>
    /// <param name="output">Gets what is safe to show.</param>
    public void Answer(bool isDangerous, CharBuffer output)
    {
        _observer!.Answer(isDangerous);
        var waited = _waitsAt;
        _waitsAt = -1;
        if (_observer.HasBlocked)
        {
            End(waited);
        }
        else
        {
            Observe();
        }

        Scan(output);
        if (!IsWaiting && _rest.Length > 0)
        {
            var rest = _rest.Written.ToArray();
            _rest.Clear();
            Feed(rest, output);
        }
    }

    /// <summary>Says that the text has ended; gives out what was held.</summary>
    public void Complete(CharBuffer output)
    {
        if (IsBlocked || _isWhole)
        {
            return;
        }

        RequireAnswer();
        _text.Complete();
        ObserveWithoutQuestion();
        _isWhole = true;
        Scan(output);
        if (!IsBlocked)
        {
            _text.ReleaseRest(output);
        }
    }

    // In pieces only where more would have to be held than is; what comes after an open question waits.
    private void Feed(ReadOnlySpan<char> text, CharBuffer output)
    {
        while (!text.IsEmpty && !IsBlocked && !_isWhole)
        {
            if (IsWaiting)
            {
                _rest.Append(text);
                return;
            }

            var before = _text.Position;
            text = text[_text.Append(text)..];
            _observed -= (int)(_text.Position - before);
            Observe();
            Scan(output);
        }
    }

    /// <summary>
    /// Gives out what is held, although more may come. If more does, and makes a match of what was given out and what comes, the rest of it is
    /// redacted.
    /// </summary>
    /// <param name="output">Gets it.</param>
    public void Pause(CharBuffer output)
    {
        if (IsBlocked || _isWhole || IsWaiting)
        {
            return;
        }

        _text.Complete();
        ObserveWithoutQuestion();
        var isEnded = _isWhole;
        var undecided = _text.Position + _text.Next;
        _isWhole = true;
        Scan(output);
        if (!IsBlocked && !isEnded)
        {
            _text.ReleaseRest(output);
            _text.Rewind(Math.Max(undecided, _withheldTo));
        }

        _isWhole = isEnded;
    }

    // What is about to leave cannot wait for an answer.
    private void ObserveWithoutQuestion()
    {
        Observe();
        while (IsWaiting)
        {
            _waitsAt = -1;
            _observer!.Answer(isDangerous: false);
            Observe();
        }
    }

    private void Observe()
    {
        if (_observer is null || _isWhole)
        {
            return;
        }

        var at = _observer.Observe(_text.Text[_observed..]);
        if (at < 0)
        {
            _observed = _text.Text.Length;
        }
        else if (_observer.HasBlocked)
        {
            End(_observed + at);
        }
        else
        {
            _waitsAt = _observed + at;
            _observed = _waitsAt + 1;
        }
    }

    /// <summary>Ends the text before a character, whatever came after.</summary>
    private void End(int at)
    {
        _text.Cut(at);
        _isWhole = true;
        _observed = at;
    }

    private void RequireAnswer()
    {
        if (IsWaiting)
        {
            throw new InvalidOperationException("The text waits for an answer.");
        }
    }

    /// <summary>What may be decided upon: not what comes after an open question.</summary>
    private ReadOnlySpan<char> Decidable => IsWaiting ? _text.Text[.._waitsAt] : _text.Text;

    private void Scan(CharBuffer output)
    {
        while (!IsBlocked)
        {
            if (_tail.IsActive)
            {
                _text.Withhold(_tail.Take(Decidable[_text.Next..]));
                _withheldTo = _text.Position + _text.Next;
                if (_tail.IsActive)
                {
                    break;
                }
            }

            var text = Decidable;
            var start = StartTable.Next(text, _text.Next, _policy.Blocklist, _policy.SecretRules);
            var resumes = _resumesAt - _text.Position;
            start = resumes >= _text.Next && resumes < start ? (int)resumes : start;
            if (start == text.Length && !_isWhole && start > _text.Next && char.IsHighSurrogate(text[^1]))
            {
                start--;
            }

            _text.Release(start - _text.Next, output);
            if (start == text.Length || (!_isWhole && char.IsHighSurrogate(text[start])) || !TryDecide(start, output))
            {
                break;
            }
        }

        if (!IsBlocked && !IsWaiting)
        {
            _text.Settle(_tail.IsActive, output);
        }

        if (_observer is not null && (_isWhole || IsBlocked))
        {
            _observer.Count(Counts, IsBlocked ? _text.Position + _text.Next : long.MaxValue);
            IsBlocked |= _observer.HasBlocked;
        }
    }

    private bool TryDecide(int start, CharBuffer output)
    {
        var text = Decidable;

        // The minus of a JSON number goes with it: a string has none before it.
        var sign = text[start] == '-' && _text.IsBare(start) ? 1 : 0;
        if (start + sign == text.Length)
        {
            if (_isWhole)
            {
                _text.Release(sign, output);
            }

            return _isWhole;
        }

        Span<(OutputCategory Category, PatternMatch Match)> found = stackalloc (OutputCategory, PatternMatch)[PatternSet.Count];
        var count = 0;
        var decided = false;
        var patterns = StartTable.At(text, start + sign);
        if (_text.Position + start == _resumesAt)
        {
            patterns |= PatternSet.EmailOnly;
        }

        for (var pattern = 0; pattern < PatternSet.Count && !decided; pattern++)
        {
            if ((patterns & (1 << pattern)) == 0 || !PatternSet.IsWanted(pattern, _policy))
            {
                continue;
            }

            var cursor = new TextCursor(text, start + sign, _isWhole);
            var matches = PatternSet.TryMatch(pattern, ref cursor, _policy, out var match, out var category);
            if (cursor.ReachedEnd)
            {
                return false; // and nothing has been done yet that would have to be undone
            }

            if (cursor.Resume > 0)
            {
                _resumesAt = _text.Position + start + sign + cursor.Resume;
            }

            if (matches)
            {
                found[count++] = (category, match);
                decided = _policy[category] is FilterAction.Redact or FilterAction.Block;
            }
        }

        foreach (var (category, match) in found[..count])
        {
            Act(category, match, start, sign, output);
        }

        if (!decided)
        {
            _text.Release(1 + sign, output);
        }

        return true;
    }

    private void Act(OutputCategory category, PatternMatch match, int start, int sign, CharBuffer output)
    {
        switch (_policy[category])
        {
            case FilterAction.Redact:
                Redact(category, match with { Length = match.Length + sign }, start, output);
                break;
            case FilterAction.Block:
                _text.Release(match.Kept, output);
                _text.ReleaseLead(output);
                Counts.Add(category);
                IsBlocked = true;
                break;
            case FilterAction.Flag when _text.Position + start >= _flaggedUntil[(int)category]:
                _flaggedUntil[(int)category] = _text.Position + start + match.Length;
                Counts.Add(category);
                break;
            default:
                break;
        }
    }

    private void Redact(OutputCategory category, PatternMatch match, int start, CharBuffer output)
    {
        Counts.Add(category);
        var isBare = _text.IsBare(start + match.Kept);
        var text = _text.Text;
        var floods = _personalData.Add(category, text.Slice(start + match.Kept, match.Length - match.Kept));
        _text.Release(match.Kept, output);
        _text.ReleaseLead(output);
        _text.Withhold(match.Length - match.Kept);
        _withheldTo = _text.Position + _text.Next;
        if (isBare)
        {
            output.Append('"'); // a JSON number became a string
        }

        output.Append(category.Placeholder());
        if (isBare)
        {
            output.Append('"');
        }

        _tail.Start(match.Tail);
        if (floods && _policy.Wants(OutputCategory.TrainingData))
        {
            Counts.Add(OutputCategory.TrainingData);
            IsBlocked = _policy[OutputCategory.TrainingData] == FilterAction.Block;
        }
    }

    [InlineArray(OutputCategories.Count)]
    private struct FlaggedUntil
    {
        private long _first;
    }
}
