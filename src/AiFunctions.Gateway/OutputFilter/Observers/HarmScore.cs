using System.Runtime.CompilerServices;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Weighs an answer's words: what is named (a hazard), whether it is told how (a procedure), and what speaks against harm (refusals, safety
/// advice, news, history). Sums fade by the word, so that a long text is judged by its passages. Integers only: the same everywhere.
/// </summary>
internal struct HarmScore
{
    private const int Topics = (int)Topic.Destruction + 1;
    private const int Tenths = 1000; // of which a tenth of a weight's unit is made

    // Of 1024: half is gone after 47, 70 and 175 words.
    private const int HazardFade = 1009;
    private const int MitigationFade = 1014;
    private const int CodeFade = 1020;

    private const int LeastHazard = 30 * Tenths;
    private const int LeastProcedure = 35 * Tenths;
    private const int LeastDangerous = 75 * Tenths;
    private const int LeastDoubtfulHazard = 20 * Tenths;
    private const int LeastDoubtfulProcedure = 15 * Tenths;
    private const int LeastDoubtful = 45 * Tenths;
    private const int MostHazard = 60 * Tenths;
    private const int MostProcedure = 60 * Tenths;
    private const int LeastMalicious = 28 * Tenths;
    private const int LeastCodeMarks = 60 * Tenths;
    private const int CodeMark = 10 * Tenths;

    private PerTopic _sums;
    private PerTopic _lastTerms;
    private int _codeMarks;
    private uint _previous;
    private uint _beforePrevious;

    /// <summary>Whether the passage tells how to do harm.</summary>
    public readonly bool IsDangerous
    {
        get
        {
            var hazard = Math.Min(_sums[(int)Topic.Hazard], MostHazard);
            var procedure = Math.Min(_sums[(int)Topic.Procedure], MostProcedure);
            return hazard >= LeastHazard && procedure >= LeastProcedure && hazard + procedure - (2 * _sums[(int)Topic.Mitigation]) >= LeastDangerous;
        }
    }

    /// <summary>
    /// Whether the passage may tell how to do harm: less of it than is certain, or in a setting such as a story that speaks for none.
    /// </summary>
    public readonly bool IsDoubtful
    {
        get
        {
            var hazard = Math.Min(_sums[(int)Topic.Hazard], MostHazard);
            var procedure = Math.Min(_sums[(int)Topic.Procedure], MostProcedure);
            return hazard >= LeastDoubtfulHazard && procedure >= LeastDoubtfulProcedure && hazard + procedure >= LeastDoubtful;
        }
    }

    /// <summary>Whether the passage is code of a kind that only does harm.</summary>
    public readonly bool IsMalicious
    {
        get
        {
            if (_codeMarks < LeastCodeMarks)
            {
                return false;
            }

            for (var topic = (int)Topic.Keylogger; topic < Topics; topic++)
            {
                if (_sums[topic] >= LeastMalicious)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Takes a word.</summary>
    /// <param name="word">The hash of its small letters.</param>
    public void Add(uint word)
    {
        for (var topic = 0; topic < Topics; topic++)
        {
            if (_sums[topic] == 0)
            {
                continue;
            }

            var fade = topic <= (int)Topic.Procedure ? HazardFade : topic == (int)Topic.Mitigation ? MitigationFade : CodeFade;
            _sums[topic] = (int)(((long)_sums[topic] * fade) >> 10);
        }

        _codeMarks = (int)(((long)_codeMarks * CodeFade) >> 10);
        var one = TermWeights.Join(0, word);
        var two = TermWeights.Join(TermWeights.Join(0, _previous), word);
        var three = TermWeights.Join(TermWeights.Join(TermWeights.Join(0, _beforePrevious), _previous), word);
        Weigh(one);
        Weigh(two);
        Weigh(three);
        _beforePrevious = _previous;
        _previous = word;
    }

    /// <summary>Takes a sign that code is full of.</summary>
    public void AddCodeMark() => _codeMarks = Math.Min(_codeMarks + CodeMark, LeastCodeMarks * 4);

    private void Weigh(uint term)
    {
        if (!TermWeights.Default.TryFind(term, out var topic, out var weight))
        {
            return;
        }

        // One term over and over says no more than once: a lesson on mail uses a mail library in every line. Steps do come again.
        var isRepeated = _lastTerms[(int)topic] == (int)term && topic is not (Topic.Procedure or Topic.Mitigation);
        _lastTerms[(int)topic] = (int)term;
        _sums[(int)topic] += isRepeated ? 0 : weight * Tenths;
    }

    [InlineArray(Topics)]
    private struct PerTopic
    {
        private int _first;
    }
}
