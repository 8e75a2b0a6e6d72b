using AiFunctions.Gateway.InputGuard.Scoring.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Views;

/// <summary>Reads letters of other scripts as the Latin letters that they look like, and digits and signs that stand for letters.</summary>
internal static class LookalikeReader
{
    private const int LeastStandIns = 3;
    private const int LettersPerStandIn = 25;

    // Lower-case forms of letters whose upper- or lower-case form looks Latin (after Unicode's confusables, UTS #39).
    private const string Foreign = "авекмнорстухгпиіјѕԁԛԝүһӏьзцшщяөғқҡєёљαβεηικμνορτυχγωζσδθλπςφաօսհցոքզ";
    private const string Latin = "abekmhopctyxrnuijsdqwyhlbeuwwrofkkeenabenikuvoptuxywzodoansowouhgnpq";

    private const char FirstForeign = '\u0370';
    private const char LastForeign = '\u058F';

    // From FirstForeign on; '\0' where a letter looks like none.
    private static readonly char[] Lookalikes = LookalikesOf(Foreign, Latin);

    // By character; '\0' where one stands for none.
    private static readonly char[] StandIns = [.. Enumerable.Range(0, 256).Select(c => StandIn((char)c))];

    /// <summary>Reads letters of other scripts that stand beside Latin ones.</summary>
    /// <param name="letters">Folded letters.</param>
    /// <param name="result">As long; takes the reading.</param>
    /// <returns>Whether there were any.</returns>
    public static bool TryReadForeign(ReadOnlySpan<char> letters, Span<char> result)
    {
        if (!letters.ContainsAnyInRange(FirstForeign, LastForeign))
        {
            return false;
        }

        var isMixed = false;
        for (var i = 0; i < letters.Length; i++)
        {
            var c = letters[i];
            var latin = c is >= FirstForeign and <= LastForeign ? Lookalikes[c - FirstForeign] : '\0';
            var isForeign = latin != '\0';
            result[i] = isForeign ? latin : c;
            isMixed |= isForeign && ((i > 0 && char.IsAsciiLetter(letters[i - 1])) || (i + 1 < letters.Length && char.IsAsciiLetter(letters[i + 1])));
        }

        return isMixed;
    }

    /// <summary>Reads digits and signs as letters.</summary>
    /// <param name="canonical">The canonical stream.</param>
    /// <param name="result">As long; takes the letters.</param>
    /// <returns>How many letters were read; 0 if hardly any digit or sign stands beside letters.</returns>
    public static int ReadStandIns(ReadOnlySpan<char> canonical, Span<char> result)
    {
        var folding = UnicodeFolding.Instance;
        int count = 0, standIns = 0;
        var wasLetter = false;
        foreach (var original in canonical)
        {
            var c = original is >= 'A' and <= 'Z' ? (char)(original | 0x20) : original;
            var isLetter = folding.Classify(c) >= CharacterClass.Letter;
            var reading = isLetter ? c : c < StandIns.Length ? StandIns[c] : StandIn(c);
            if (reading != '\0')
            {
                standIns += !isLetter && wasLetter ? 1 : 0;
                result[count++] = reading;
            }

            wasLetter = isLetter;
        }

        return standIns >= LeastStandIns && standIns * LettersPerStandIn >= count ? count : 0;
    }

    private static char[] LookalikesOf(string foreign, string latin)
    {
        var table = new char[LastForeign - FirstForeign + 1];
        foreach (var (from, to) in foreign.Zip(latin))
        {
            table[from - FirstForeign] = to;
        }

        return table;
    }

    private static char StandIn(char c) => c switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '2' => 'z',
        '3' or '€' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '6' or '9' => 'g',
        '7' or '+' => 't',
        '8' => 'b',
        '|' or '£' => 'l',
        '¢' => 'c',
        _ => '\0',
    };
}
