namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>
/// How much of a system text an answer has repeated lately: each letter within a shingle of the system text that was not seen before
/// counts 1, each other takes ¼ away. Case, punctuation and spaces do not matter; a changed word costs its own letters.
/// </summary>
internal sealed class SystemTextOverlap(SystemText system)
{
    /// <summary>So many repeated letters are a leak: about twelve words in a row.</summary>
    public const int Leak = 60;

    private const int Forgetting = 4;

    private readonly ulong[] _seen = new ulong[(system.Places + 63) / 64];
    private SystemText.Shingle _shingle;
    private int _score; // in quarters
    private int _sinceMatch = SystemText.ShingleLength;

    /// <summary>Takes a letter of the answer.</summary>
    /// <returns>Whether it completes a leak.</returns>
    public bool Add(char letter)
    {
        _sinceMatch++;
        if (_shingle.Add(letter) && SystemText.IsSampled(_shingle.Hash, out var hash) && system.Find(hash) is var place and >= 0)
        {
            var bit = 1UL << (place & 63);
            if ((_seen[place >> 6] & bit) == 0)
            {
                _seen[place >> 6] |= bit;

                // The letters since the last match cost a quarter each when they came; they count now.
                var covered = Math.Min(_sinceMatch, SystemText.ShingleLength);
                _score += covered * (Forgetting + 1);
            }

            _sinceMatch = 0;
            return _score >= Leak * Forgetting;
        }

        _score = Math.Max(0, _score - 1);
        return false;
    }

    /// <summary>Forgets what went before: other text follows.</summary>
    public void Reset()
    {
        _shingle = default;
        _score = 0;
        _sinceMatch = SystemText.ShingleLength;
    }
}
