using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Text;

namespace AiFunctions.HarmTraining;

/// <summary>Walks over a text's words as the observer of answers does.</summary>
internal static class WordWalk
{
    /// <summary>The features of each word.</summary>
    public static List<uint[]> Features(string text)
    {
        List<uint[]> words = [];
        var features = default(HarmFeatures);
        Walk(text, (letter, word) => Add(features.AddLetter(letter, word)), word => Add(features.EndWord(word)), () => { });
        return words;

        void Add(bool isWord)
        {
            if (isWord)
            {
                words.Add(features.Keys.ToArray());
            }
        }
    }

    /// <summary>The highest sums that a text reaches, for instructions and for code.</summary>
    public static (int Danger, int Code) Highest(string text, HarmModel model)
    {
        var (danger, code) = (int.MinValue, int.MinValue);
        var score = new HarmScore(model);
        Walk(
            text,
            (letter, word) => Look(score.AddLetter(letter, word)),
            word =>
            {
                score.EndWord(word);
                Look(true);
            },
            () => score.AddCodeMark());
        return (danger, code);

        void Look(bool isWord)
        {
            danger = isWord ? Math.Max(danger, score.Danger) : danger;
            code = isWord && score.IsCode ? Math.Max(code, score.Code) : code;
        }
    }

    private static void Walk(string text, Action<char, uint> addLetter, Action<uint> endWord, Action addCodeMark)
    {
        var word = StableHash.Seed;
        foreach (var raw in text)
        {
            if (InvisibleCharacters.Contains(raw))
            {
                continue;
            }

            var c = CharFolding.Fold(raw);
            if (SystemText.TryFold(c, out var letter) || c == '_')
            {
                letter = c == '_' ? c : letter;
                word = StableHash.Add(word, letter);
                addLetter(letter, word);
                continue;
            }

            if (HarmScore.IsCodeMark(c))
            {
                addCodeMark();
            }

            if (word != StableHash.Seed)
            {
                endWord(word);
                word = StableHash.Seed;
            }
        }

        if (word != StableHash.Seed)
        {
            endWord(word);
        }
    }
}
