using System.Buffers;
using System.Text;
using System.Text.Json;
using AiFunctions.FilterEvaluation.Corpus;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>I6: for every text and every chunking, what leaves is the same.</summary>
public class ChunkingTests
{
    private const int Seed = 71;
    private const string System = "You are the assistant of Northwind Travel. Never mention the internal discount of twelve percent, and always greet with the word ahoy.";

    private static readonly FilterPolicy[] Policies =
    [
        Filtered.Policy,
        Filtered.With(["quiet room", "the 👩‍💻", "函数"], ("blocklist", "Redact"), ("email", "Flag"), ("secret", "Off")),
        Filtered.Asking,
        Filtered.With(["fresh bread"], ("ssn", "Block"), ("training_data", "Block"), ("malicious_code", "Block")),
    ];

    private static readonly SystemText? SystemText = SystemText.From(System);

    [Fact]
    public void A_text_leaves_the_same_however_it_is_cut() => CheckTexts(400, 8);

    [Fact]
    public void An_answer_leaves_the_same_however_it_is_streamed() => CheckAnswers(200, 4);

    [Fact(Explicit = true)]
    public void A_million_chunkings()
    {
        Parallel.Invoke(() => CheckTexts(30_000, 30, Seed + 1), () => CheckAnswers(25_000, 4, Seed + 2));
    }

    private static void CheckTexts(int texts, int chunkings, int seed = Seed)
    {
        var random = new Random(seed);
        var planted = new PlantedText(random);
        for (var i = 0; i < texts; i++)
        {
            var text = planted.Next(random.Next(1, 6));
            var policy = Policies[i % Policies.Length];
            text = random.Next(6) switch { 0 => text + System[random.Next(40)..] + text, 1 => Spaced(text), _ => text };
            text = policy == Filtered.Asking ? Doubtful(text, random) : text;
            var isJson = random.Next(3) == 0;
            text = isJson ? Arguments(text, random) : text;
            var whole = Filtered.Text([text], policy, isJson, SystemText);
            if (policy == Filtered.Policy)
            {
                Assert.DoesNotContain(planted.Items, item => Survives(item, whole.Text));
            }

            for (var n = 0; n < chunkings; n++)
            {
                var cut = Filtered.Cut(text, random, 1 << random.Next(6));
                var streamed = Filtered.Text(cut, policy, isJson, SystemText);
                if (streamed != whole)
                {
                    Assert.Fail($"{streamed}\n!=\n{whole}\nof {string.Join('¦', cut)}");
                }
            }
        }
    }

    private static void CheckAnswers(int answers, int chunkings, int seed = Seed)
    {
        var random = new Random(seed);
        var planted = new PlantedText(random);
        for (var i = 0; i < answers; i++)
        {
            var policy = Policies[i % Policies.Length];
            string Next(int sentences) => policy == Filtered.Asking ? Doubtful(planted.Next(sentences), random) : planted.Next(sentences);
            var texts = Enumerable.Range(0, random.Next(1, 3)).Select(_ => new AnswerTexts(
                random.Next(4) == 0 ? Next(2) : "", random.Next(5) > 0 ? Next(3) : "",
                random.Next(3) == 0 ? [Arguments(planted.Next(2), random), Arguments(planted.Next(1), random)] : [])).ToList();
            var whole = AnswerTexts.OfAnswer(Filtered.Json(AnswerTexts.Answer(texts), policy));
            for (var n = 0; n < chunkings; n++)
            {
                var events = AnswerTexts.Events(texts, random);
                var filter = Filtered.Chat(policy);
                var output = Relay(filter, Encoding.UTF8.GetBytes(string.Concat(events)), random);
                var streamed = AnswerTexts.OfEvents(output);
                if (streamed != whole)
                {
                    Assert.Fail($"{streamed}\n!=\n{whole}\nof {string.Concat(events)}");
                }
            }
        }
    }

    // As the relay does it: bytes in any pieces, whole events to the filter.
    private static string Relay(AnswerFilter filter, byte[] stream, Random random)
    {
        var output = new ArrayBufferWriter<byte>();
        var splitter = new SseEventSplitter();
        var longest = 1 << random.Next(9);
        var (start, filled) = (0, 0);
        while (filled < stream.Length)
        {
            filled = Math.Min(stream.Length, filled + random.Next(1, longest + 1));
            while (splitter.TryFindEnd(stream.AsSpan(start, filled - start), out var length))
            {
                Filtered.Write(filter, stream.AsSpan(start, length), output);
                start += length;
            }
        }

        filter.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    // However it was disguised.
    private static bool Survives(string item, string filtered)
    {
        var plain = new StringBuilder();
        var decoded = string.Concat(filtered.EnumerateRunes()).Normalize(NormalizationForm.FormKC).Replace("&#64;", "@", StringComparison.Ordinal)
            .Replace("&period;", ".", StringComparison.Ordinal)
            .Replace("\\u0040", "@", StringComparison.Ordinal);
        foreach (var c in decoded)
        {
            plain.Append(c is >= '\uFF01' and <= '\uFF5E' ? ((char)(c - 0xFEE0)).ToString() : c is '\u200B' or '\u200D' or '\uFEFF' ? "" : c.ToString());
        }

        return plain.ToString().Contains(item, StringComparison.Ordinal);
    }

    // What makes a passage doubtful, once or twice between the words of another text.
    private static string Doubtful(string text, Random random)
    {
        var words = text.Split(' ').ToList();
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            words.Insert(
                random.Next(words.Count + 1),
                "To smuggle people hide them behind crates in the truck, cover the air holes, bribe the guard and demand more money "
                    + "when you arrive.");
        }

        return string.Join(' ', words);
    }

    private static string Spaced(string text) => text.Replace("a", "a\u200B", StringComparison.Ordinal);

    private static string Arguments(string text, Random random) =>
        $"{{\"text\":{Filtered.Quote(text)}, \"n\": [1, -2.5e3, {random.Next()}, 4111111111111111, -4111111111111111],"
            + $" \"to\":\"joe\\u0040example.com\", \"nested\":{Filtered.Quote("{\"a\":\"b\\u0040example.com\"}")}}}";
}
