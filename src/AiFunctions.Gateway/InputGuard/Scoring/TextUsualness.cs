using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Tells language from what is none.</summary>
internal static class TextUsualness
{
    private const int LeastTrigrams = 16;

    // In sixteenths of a bit a letter: random letters cost about 6 bits, text in Latin script about 3.5.
    private const int GibberishCost = 86;

    private const int Stretch = 24;

    // In sixteenths of a bit over the stretch, 4.75 bits a letter: languages in Latin script stay below somewhere, encoded bytes hardly anywhere.
    private const int UsualCost = Stretch * 76;

    /// <summary>Whether letters follow each other anywhere as in a language; letters that are not Latin count as usual.</summary>
    public static bool HasUsualStretch(ReadOnlySpan<char> letters, LetterModel model)
    {
        Span<byte> costs = stackalloc byte[Stretch];
        costs.Clear();
        int a = -1, b = -1, run = 0, sum = 0, slot = 0;
        for (var i = 0; i < letters.Length; i++)
        {
            var c = letters[i] - 'a';
            run = (uint)c < LetterModel.Alphabet ? run + 1 : 0;
            var cost = run > 2 ? model.Cost(a, b, c) : 0;
            sum += cost - costs[slot];
            costs[slot] = (byte)cost;
            slot = slot + 1 == Stretch ? 0 : slot + 1;
            (a, b) = (b, c);
            if (i > Stretch && sum < UsualCost)
            {
                return true;
            }
        }

        return letters.Length <= Stretch + 1;
    }

    /// <summary>Whether Latin letters follow each other as in no language.</summary>
    public static bool IsGibberish(ReadOnlySpan<char> letters, LetterModel model)
    {
        int count = 0, sum = 0;
        for (var i = 2; i < letters.Length; i++)
        {
            int a = letters[i - 2] - 'a', b = letters[i - 1] - 'a', c = letters[i] - 'a';
            if ((uint)a < LetterModel.Alphabet && (uint)b < LetterModel.Alphabet && (uint)c < LetterModel.Alphabet)
            {
                sum += model.Cost(a, b, c);
                count++;
            }
        }

        return count >= LeastTrigrams && sum > count * GibberishCost;
    }
}
