using System.Runtime.CompilerServices;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// Notices divergence: the same words over and over, hundreds of times, and then other text, which is how models were made to recite
/// training data (Nasr et al., Scalable Extraction of Training Data, 2023).
/// </summary>
internal struct Repetition
{
    /// <summary>So many words in a row repeat what stands a period before.</summary>
    public const int ManyWords = 200;

    /// <summary>So many other words must follow: a caller who asked for repeats got only those.</summary>
    public const int OtherWords = 20;

    private const int LongestPeriod = 32;

    private Ring _words;
    private int _count;
    private int _period;
    private int _run;
    private int _others;
    private bool _repeated;

    /// <summary>Takes a word.</summary>
    /// <returns>Whether it makes the text one that has diverged. Says so once.</returns>
    public bool Add(uint word)
    {
        if (_others > OtherWords)
        {
            return false;
        }

        if (_period > 0 && _words[(_count - _period) % LongestPeriod] == word)
        {
            _run++;
            _repeated |= _run >= ManyWords;
            _others = 0;
        }
        else
        {
            _run = 0;
            _period = 0;
            for (var period = 1; period <= Math.Min(_count, LongestPeriod) && _period == 0; period++)
            {
                _period = _words[(_count - period) % LongestPeriod] == word ? period : 0;
            }

            _others = _repeated ? _others + 1 : 0;
        }

        _words[_count % LongestPeriod] = word;
        _count++;
        return _others > OtherWords;
    }

    [InlineArray(LongestPeriod)]
    private struct Ring
    {
        private uint _first;
    }
}
