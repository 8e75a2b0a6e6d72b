using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.Scoring;
using BenchmarkDotNet.Attributes;

namespace AiFunctions.Benchmarks;

/// <summary>What the input guard costs beside the scoring itself: finding the texts, and knowing one again.</summary>
[MemoryDiagnoser]
public class InputGuardBenchmarks
{
    private readonly JudgementCache _judgements = new();
    private JsonDocument _request = JsonDocument.Parse("{}");
    private readonly InjectionScorer _fresh = InjectionScorer.Load();
    private readonly InjectionScorer _remembering = InjectionScorer.Load(new BlockJudgements());
    private string _text = "";

    /// <summary>How many turns the conversation has, of 400 characters each.</summary>
    [Params(1, 20, 600)]
    public int Turns { get; set; }

    /// <summary>Makes the conversation.</summary>
    [GlobalSetup]
    public void MakeRequest()
    {
        var turn = string.Concat(Enumerable.Repeat("Some words of \"prose\".\n", 17)).PadRight(400);
        _request = JsonDocument.Parse(JsonSerializer.Serialize(new
        {
            model = "m",
            messages = Enumerable.Range(0, Turns).Select(i => new { role = i % 2 == 0 ? "user" : "assistant", content = turn }),
        }));
        _text = string.Concat(Enumerable.Repeat(turn, Turns));
        _judgements.Set(_judgements.KeyOf(_text, TextSource.User), default);
    }

    /// <summary>Every request pays this.</summary>
    [Benchmark]
    public int FindTexts()
    {
        using var text = new PromptText(trustDeveloper: true, trustAssistant: false);
        ChatPrompt.Read(_request.RootElement, text);
        return text.Join(TextSource.User).Length + text.Join(TextSource.Document).Length;
    }

    /// <summary>In place of the scoring, when the same text comes again.</summary>
    [Benchmark]
    public bool KnowAgain() => _judgements.TryGet(_judgements.KeyOf(_text, TextSource.User), out _);

    /// <summary>The scoring, when nothing of the text is known.</summary>
    [Benchmark]
    public float Score() => _fresh.Score(_text, TextSource.User).Value;

    /// <summary>The scoring, when only the end is new.</summary>
    [Benchmark]
    public float ScoreGrown() => _remembering.Score(_text, TextSource.User).Value;
}
