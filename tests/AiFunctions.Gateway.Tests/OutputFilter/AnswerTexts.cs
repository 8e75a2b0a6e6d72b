using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>A choice's texts, to be sent whole or in events, and to be read again as a client sees them.</summary>
internal sealed record AnswerTexts(string Reasoning, string Content, string[] Arguments)
{
    public static string Answer(List<AnswerTexts> choices) =>
        "{\"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[" + string.Join(',', choices.Select((choice, i) =>
            $"{{\"index\":{i},\"message\":{{\"role\":\"assistant\",\"tool_calls\":["
            + string.Join(',', choice.Arguments.Select((each, n) =>
                $"{{\"id\":\"call{n}\",\"type\":\"function\",\"function\":{{\"name\":\"f\",\"arguments\":{Filtered.Quote(each)}}}}}"))
            + "],"
            + $"\"content\":{Filtered.Quote(choice.Content)},\"reasoning_content\":{Filtered.Quote(choice.Reasoning)}}},"
                + $"\"logprobs\":null,\"finish_reason\":\"stop\"}}")) + "],\"usage\":{\"total_tokens\":3}}";

    /// <summary>Cuts the texts at random, each choice's in the order in which models write them, the choices mixed.</summary>
    public static List<string> Events(List<AnswerTexts> choices, Random random)
    {
        var queues = choices.Select((choice, i) => new Queue<string>(Deltas(choice, random).Select(delta => Event(i, delta, "null")).Append(Event(i, "", "\"stop\"")))).ToList();
        var events = new List<string>();
        while (queues.Exists(queue => queue.Count > 0))
        {
            if (queues[random.Next(queues.Count)].TryDequeue(out var next))
            {
                events.Add(next);
            }
        }

        events.Add("data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n");
        events.Add("data: [DONE]\n\n");
        return events;
    }

    public static string OfAnswer(string json)
    {
        var seen = new SortedDictionary<string, string>();
        foreach (var choice in JsonElement.Parse(json).GetProperty("choices").EnumerateArray())
        {
            Collect(seen, choice, "message");
        }

        return Show(seen);
    }

    public static string OfEvents(string stream)
    {
        var seen = new SortedDictionary<string, string>();
        foreach (var line in stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            foreach (var choice in JsonElement.Parse(line["data: ".Length..]).GetProperty("choices").EnumerateArray())
            {
                Collect(seen, choice, "delta");
            }
        }

        return Show(seen);
    }

    private static IEnumerable<string> Deltas(AnswerTexts choice, Random random)
    {
        var longest = 1 << random.Next(6);
        yield return "\"role\":\"assistant\",\"content\":\"\"";
        foreach (var piece in Filtered.Cut(choice.Reasoning, random, longest))
        {
            yield return $"\"reasoning_content\":{Filtered.Quote(piece)}";
        }

        foreach (var piece in Filtered.Cut(choice.Content, random, longest))
        {
            yield return $"\"content\":{Filtered.Quote(piece)}";
        }

        for (var i = 0; i < choice.Arguments.Length; i++)
        {
            yield return $"\"tool_calls\":[{{\"index\":{i},\"id\":\"call{i}\",\"type\":\"function\",\"function\":{{\"name\":\"f\",\"arguments\":\"\"}}}}]";
            foreach (var piece in Filtered.Cut(choice.Arguments[i], random, longest))
            {
                yield return $"\"tool_calls\":[{{\"index\":{i},\"function\":{{\"arguments\":{Filtered.Quote(piece)}}}}}]";
            }
        }
    }

    private static string Event(int index, string delta, string finish) =>
        $"data: {{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":{index},\"delta\":{{{delta}}},"
            + $"\"logprobs\":null,\"finish_reason\":{finish}}}],\"usage\":null}}\n\n";

    private static void Collect(SortedDictionary<string, string> seen, JsonElement choice, string container)
    {
        var index = choice.GetProperty("index").GetInt32();
        if (choice.TryGetProperty("finish_reason", out var finish) && finish.ValueKind == JsonValueKind.String)
        {
            Add("finish", finish);
        }

        if (!choice.TryGetProperty(container, out var texts))
        {
            return;
        }

        foreach (var name in new[] { "content", "reasoning_content" })
        {
            if (texts.TryGetProperty(name, out var text))
            {
                Add(name, text);
            }
        }

        if (texts.TryGetProperty("tool_calls", out var calls))
        {
            var position = 0;
            foreach (var call in calls.EnumerateArray())
            {
                Add($"call {(call.TryGetProperty("index", out var at) ? at.GetInt32() : position)}", call.GetProperty("function").GetProperty("arguments"));
                position++;
            }
        }

        void Add(string name, JsonElement text)
        {
            var key = $"{index} {name}";
            seen[key] = seen.GetValueOrDefault(key) + text.GetString();
        }
    }

    private static string Show(SortedDictionary<string, string> seen)
    {
        var shown = new StringBuilder();
        foreach (var (name, text) in seen.Where(each => each.Value.Length > 0))
        {
            shown.Append(name).Append(": ").Append(text).Append('\n');
        }

        return shown.ToString();
    }
}
