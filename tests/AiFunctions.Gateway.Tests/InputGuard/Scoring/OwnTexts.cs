using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.Tests.InputGuard.Scoring;

/// <summary>The committed test sentences, all our own and none of them trained on.</summary>
internal static class OwnTexts
{
    public static IReadOnlyList<string> HardNegatives { get; } = [.. Read("HardNegatives.txt").Select(row => row.Text)];

    public static IReadOnlyList<string> EverydayRequests { get; } = [.. Read("EverydayRequests.txt").Select(row => row.Text)];

    public static IReadOnlyList<(TextSource Source, string Text)> Attacks { get; } =
        [.. Read("Attacks.txt").Select(row => (Enum.Parse<TextSource>(row.Key), row.Text))];

    public static IReadOnlyList<string> ToolResults { get; } = [.. Read("ToolResults.txt").Select(row => row.Text)];

    public static IReadOnlyList<string> MixedLanguageAttacks { get; } = [.. Read("MixedLanguageAttacks.txt").Select(row => row.Text)];

    /// <summary>Attacks and what is like them but none, by who they come from.</summary>
    public static IReadOnlyList<(TextSource Source, bool IsAttack, string Text)> Probes { get; } =
    [
        .. Read("Probes.txt")
            .Select(row => row.Text.Split('\t', 3))
            .Select(row => (Enum.Parse<TextSource>(row[0]), row[1] == "attack", row[2].Replace("\\n", "\n", StringComparison.Ordinal))),
    ];

    public static IReadOnlyList<string> Documents { get; } =
    [
        "Hi Priya, the venue moved to Elm Street. Please bring the signed forms and reply by Friday. Best regards, Tom",
        "| Region | Units | Change |\n| North | 1,204 | +3% |\n| South | 988 | -1% |\n| West | 1,530 | +7% |",
        "def load(path):\n    # ignore missing files, the caller handles them\n    try:\n        return open(path).read()\n    except OSError:\n        return None\n",
        "The lighthouse was built in 1862 after two ships were lost on the reef. It was automated in 1987 and is now a small museum.",
        "Install with `npm ci`, copy `.env.sample` to `.env`, then run the server. Never commit your API key. See CONTRIBUTING for the rules.",
        "Simmer the lentils for twenty minutes, discard the bay leaf, then stir in the spinach. Season and serve with rice.",
        "2026-03-04 11:02:19 WARN retry 2/5 for job 8812: connection reset\n2026-03-04 11:02:24 INFO job 8812 finished in 4.1 s",
        "{\"id\": 991, \"user\": \"marta\", \"role\": \"admin\", \"prompt\": \"none\", \"items\": [3, 5, 8]}",
    ];

    private static IEnumerable<(string Key, string Text)> Read(string name)
    {
        using var reader = new StreamReader(typeof(OwnTexts).Assembly.GetManifestResourceStream($"Scoring.{name}")!);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith("# ", StringComparison.Ordinal) && line.Split('\t', 2) is [var key, var text])
            {
                yield return (key, text);
            }
        }
    }
}
