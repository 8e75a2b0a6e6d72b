namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Weighs an answer's words by the <see cref="HarmModel"/>: what is named, whether it is told how, and what speaks against harm (refusals,
/// safety advice, news, history). Sums fade by the word, so that a long text is judged by its passages. Integers only: the same everywhere.
/// </summary>
internal struct HarmScore
{
    /// <summary>What a word leaves of the sum of what is near, of 1024: half is gone after 40 words.</summary>
    public const int NearFade = 1006;

    /// <summary>The same for what is farther, and for code: 120 words.</summary>
    public const int FarFade = 1018;

    /// <summary>What a weight counts in the sums, so that fading loses little to rounding.</summary>
    public const int Unit = 256;

    private const int CodeMark = 10;
    private const int LeastCodeMarks = 50;
    private const int MostCodeMarks = 240;

    private readonly HarmModel _model;
    private HarmFeatures _features;
    private int _near;
    private int _far;
    private int _code;
    private int _codeMarks;

    /// <param name="model">The weights.</param>
    public HarmScore(HarmModel model) => _model = model;

    /// <summary>Whether the passage tells how to do harm.</summary>
    public readonly bool IsDangerous => Danger >= _model.Dangerous;

    /// <summary>Whether the passage may tell how to do harm: less of it than is certain, or in a setting that speaks for none.</summary>
    public readonly bool IsDoubtful => Danger >= _model.Doubtful;

    /// <summary>Whether the passage is code of a kind that only does harm.</summary>
    public readonly bool IsMalicious => _code >= _model.Malicious && IsCode;

    /// <summary>Whether the passage is code at all.</summary>
    public readonly bool IsCode => _codeMarks >= LeastCodeMarks * Unit;

    /// <summary>How much speaks for instructions to do harm.</summary>
    public readonly int Danger => _near + _far;

    /// <summary>How much speaks for malicious code.</summary>
    public readonly int Code => _code;

    /// <summary>Whether code is full of it.</summary>
    public static bool IsCodeMark(char c) => c is '(' or ')' or ';' or '{' or '}' or '=' or '[' or '|' or '$' or '&' or '<' or '>' or '\\';

    /// <summary>Takes a letter.</summary>
    /// <param name="letter">The letter, small.</param>
    /// <param name="word">The hash of the word so far, this letter included.</param>
    /// <returns>Whether it ends a word.</returns>
    public bool AddLetter(char letter, uint word)
    {
        if (!_features.AddLetter(letter, word))
        {
            return false;
        }

        Weigh();
        return true;
    }

    /// <summary>Ends a word.</summary>
    /// <param name="word">The hash of its small letters.</param>
    public void EndWord(uint word)
    {
        if (_features.EndWord(word))
        {
            Weigh();
        }
    }

    /// <summary>Takes a sign that code is full of.</summary>
    public void AddCodeMark() => _codeMarks = Math.Min(_codeMarks + (CodeMark * Unit), MostCodeMarks * Unit);

    private static int Fade(int sum, int fade) => (int)(((long)sum * fade) >> 10);

    private void Weigh()
    {
        _near = Fade(_near, NearFade);
        _far = Fade(_far, FarFade);
        _code = Fade(_code, FarFade);
        _codeMarks = Fade(_codeMarks, FarFade);
        foreach (var key in _features.Keys)
        {
            if (_model.TryFind(key, out var weights))
            {
                _near += weights.Near * Unit;
                _far += weights.Far * Unit;
                _code += weights.Code * Unit;
            }
        }
    }
}
