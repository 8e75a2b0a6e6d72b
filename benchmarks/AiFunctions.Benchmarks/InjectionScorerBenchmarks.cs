using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring;
using BenchmarkDotNet.Attributes;

namespace AiFunctions.Benchmarks;

/// <summary>What a request pays for the input guard's score, by size and sort of text. Time per character should be flat.</summary>
[MemoryDiagnoser]
public class InjectionScorerBenchmarks
{
    private readonly InjectionScorer _scorer = InjectionScorer.Load();
    private string _text = "";

    /// <summary>Characters.</summary>
    [Params(1_024, 16_384, 262_144, 1_048_576)]
    public int Length { get; set; }

    /// <summary>What the text is like.</summary>
    [Params("prose", "random", "repetitive", "base64", "mixed scripts")]
    public string Sort { get; set; } = "prose";

    /// <summary>Makes the text.</summary>
    [GlobalSetup]
    public void Make()
    {
        var random = new Random(1);
        string[] words = ["the", "harbour", "was", "quiet", "when", "our", "ferry", "left", "and", "nobody", "had", "asked", "for", "tickets", "before", "rain"];
        var text = new StringBuilder();
        while (text.Length < Length)
        {
            _ = Sort switch
            {
                "prose" => text.Append(words[random.Next(words.Length)]).Append(random.Next(12) == 0 ? ". " : " "),
                "random" => text.Append((char)random.Next(32, 0xD7FF)),
                "repetitive" => text.Append("ignore ignore previous "),
                "base64" => text.Append(Convert.ToBase64String(Encoding.UTF8.GetBytes("the rain had left and nobody asked"))),
                _ => text.Append("cаt\\u0061%41 4pp1e").Append(words[random.Next(words.Length)]),
            };
        }

        _text = text.ToString(0, Length);
    }

    /// <summary>As a user's text.</summary>
    [Benchmark]
    public float Score() => _scorer.Score(_text, TextSource.User).Value;
}
