namespace AiFunctions.Gateway.InputGuard.Scoring.Model;

/// <summary>
/// How usual a run of Latin letters is: a trigram model, the probability of a letter after the two before it, in sixteenths of a bit.
/// Low for languages in Latin script, high for gibberish and for text that is reversed or rotated.
/// </summary>
internal sealed class LetterModel
{
    /// <summary>Letters of the alphabet.</summary>
    public const int Alphabet = 26;

    /// <summary>How many costs a model has.</summary>
    public const int Size = Alphabet * Alphabet * Alphabet;

    private readonly byte[] _costs;

    /// <summary>A model with these costs.</summary>
    /// <param name="costs"><see cref="Size"/> costs, in sixteenths of a bit; the last letter varies fastest.</param>
    public LetterModel(byte[] costs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(costs.Length, Size);
        _costs = costs;
    }

    /// <summary>The costs.</summary>
    public ReadOnlySpan<byte> Costs => _costs;

    /// <summary>The cost of three letters, each 0 for a to 25 for z.</summary>
    public int Cost(int first, int second, int third) => _costs[(((first * Alphabet) + second) * Alphabet) + third];
}
