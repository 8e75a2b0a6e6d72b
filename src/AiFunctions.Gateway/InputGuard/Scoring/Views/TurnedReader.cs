using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring.Views;

/// <summary>Reads text backwards and rotated by 13, where the letter model finds a stretch more usual that way.</summary>
internal static class TurnedReader
{
    private const int Stretch = 24;

    // In sixteenths of a bit over the stretch: how much more usual it must be, 0.8 bits a letter.
    private const int Gain = Stretch * 13;

    /// <summary>What to read.</summary>
    /// <param name="letters">Folded letters.</param>
    /// <param name="model">The letter model.</param>
    public static (bool Backwards, bool Rotated) Look(ReadOnlySpan<char> letters, LetterModel model)
    {
        Span<short> backwardGains = stackalloc short[Stretch];
        Span<short> rotatedGains = stackalloc short[Stretch];
        backwardGains.Clear();
        rotatedGains.Clear();
        var (backwards, rotated) = (false, false);
        int a = -1, b = -1, run = 0, slot = 0, backwardSum = 0, rotatedSum = 0;
        foreach (var letter in letters)
        {
            var c = letter - 'a';
            run = (uint)c < LetterModel.Alphabet ? run + 1 : 0;
            int backwardGain = 0, rotatedGain = 0;
            if (run > 2)
            {
                var cost = model.Cost(a, b, c);
                backwardGain = cost - model.Cost(c, b, a);
                rotatedGain = cost - model.Cost(Rotate(a), Rotate(b), Rotate(c));
            }

            backwardSum += backwardGain - backwardGains[slot];
            rotatedSum += rotatedGain - rotatedGains[slot];
            (backwardGains[slot], rotatedGains[slot]) = ((short)backwardGain, (short)rotatedGain);
            slot = slot + 1 == Stretch ? 0 : slot + 1;
            backwards |= backwardSum > Gain;
            rotated |= rotatedSum > Gain;
            (a, b) = (b, c);
        }

        return (backwards, rotated);
    }

    /// <summary>Rotates Latin letters by 13.</summary>
    public static void ReadRotated(ReadOnlySpan<char> letters, Span<char> result)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            var c = letters[i] - 'a';
            result[i] = (uint)c < LetterModel.Alphabet ? (char)('a' + Rotate(c)) : letters[i];
        }
    }

    private static int Rotate(int letter) => letter < 13 ? letter + 13 : letter - 13;
}
