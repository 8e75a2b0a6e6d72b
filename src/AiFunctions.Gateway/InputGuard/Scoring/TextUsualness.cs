using AiFunctions.Gateway.InputGuard.Scoring.Model;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Tells language from what is none.</summary>
internal static class TextUsualness
{
    private const int LeastTrigrams = 16;

    // In sixteenths of a bit a letter: random letters cost about 6 bits, text in Latin script about 3.5.
    private const int GibberishCost = 86;

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
