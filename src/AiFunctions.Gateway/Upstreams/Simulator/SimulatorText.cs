namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>How the simulator counts: one word is one token.</summary>
internal static class SimulatorText
{
    /// <summary>How many <see cref="Words"/> a text has.</summary>
    public static int CountWords(string text)
    {
        var count = text.Length > 0 ? 1 : 0;
        for (var i = 1; i < text.Length; i++)
        {
            count += StartsWord(text, i) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Cuts a text into words, each with the white space before it, so that together they are the text.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || StartsWord(text, i))
            {
                yield return text[start..i];
                start = i;
            }
        }
    }

    private static bool StartsWord(string text, int i) => char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]);
}
