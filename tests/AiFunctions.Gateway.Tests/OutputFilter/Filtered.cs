using System.Buffers;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.Apis.ChatCompletions;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Answers;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.Relay;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Runs texts and answers through filters.</summary>
internal static class Filtered
{
    public static readonly FilterPolicy Policy = With();

    /// <summary>One that asks about doubtful passages. <see cref="IsDangerous"/> answers.</summary>
    public static readonly FilterPolicy Asking = new(new OutputFilterOptions { ContentSafety = new OutputContentSafetyOptions { Endpoint = new Uri("https://safety.example") } });

    public static FilterPolicy With(params (string Category, string Action)[] actions) => With([], actions);

    /// <summary>An opinion on a passage, the same each time: a third are dangerous.</summary>
    public static bool IsDangerous(string passage) => StableHash.Of(passage) % 3 == 0;

    public static FilterPolicy With(string[] terms, params (string Category, string Action)[] actions)
    {
        var options = new OutputFilterOptions();
        foreach (var (category, action) in actions)
        {
            options.Actions[category] = action;
        }

        foreach (var term in terms)
        {
            options.Blocklist.Add(term);
        }

        return new FilterPolicy(options);
    }

    public static string Text(string text, FilterPolicy? policy = null) => Text([text], policy).Text;

    public static (string Text, string? Counts, bool IsBlocked) Text(IEnumerable<string> chunks, FilterPolicy? policy = null, bool isJson = false, SystemText? systemText = null)
    {
        var filter = new TextFilter(policy ?? Policy, isJson, systemText);
        var output = new CharBuffer();
        foreach (var chunk in chunks)
        {
            filter.Append(chunk, output);
            while (filter.IsWaiting)
            {
                filter.Answer(IsDangerous(filter.Question), output);
            }
        }

        filter.Complete(output);
        return (output.Written.ToString(), filter.Counts.ToHeader(), filter.IsBlocked);
    }

    /// <summary>The filter of a chat answer.</summary>
    public static AnswerFilter Chat(FilterPolicy? policy = null, SystemText? systemText = null, AnswerFingerprint? fingerprint = null, Action? beforeText = null) =>
        new(new ChatAnswerReader(policy ?? Policy, systemText), policy ?? Policy, fingerprint, beforeText);

    public static string Json(string json, FilterPolicy? policy = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var filter = Chat(policy);
        for (var isDone = filter.TryFilterJson(Encoding.UTF8.GetBytes(json), output); !isDone;)
        {
            isDone = filter.TryGoOn(IsDangerous(filter.Question), output);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Events(IEnumerable<string> events, FilterPolicy? policy = null) => Events(Chat(policy), events);

    public static string Events(AnswerFilter filter, IEnumerable<string> events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var each in events)
        {
            Write(filter, Encoding.UTF8.GetBytes(each), output);
        }

        filter.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static void Write(AnswerFilter filter, ReadOnlySpan<byte> sseEvent, IBufferWriter<byte> output)
    {
        sseEvent = SseData.OneLine(sseEvent);
        for (var isDone = filter.TryWriteEvent(sseEvent, output); !isDone;)
        {
            isDone = filter.TryGoOn(IsDangerous(filter.Question), output);
        }
    }

    /// <summary>Cuts a text at random places, also inside surrogate pairs and escapes.</summary>
    public static List<string> Cut(string text, Random random, int longest)
    {
        var chunks = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, longest + 1), text.Length - at);
            chunks.Add(text.Substring(at, length));
            at += length;
        }

        return chunks;
    }

    /// <summary>A JSON string that may have lone surrogates, as <c>\uXXXX</c>.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c < ' ' || c is '"' or '\\' || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString());
        }

        return quoted.Append('"').ToString();
    }
}
