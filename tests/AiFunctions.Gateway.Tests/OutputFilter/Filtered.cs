using System.Buffers;
using System.Text;
using System.Text.Json;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.Observers;
using AiFunctions.Gateway.OutputFilter.Text;
using AiFunctions.Gateway.OutputFilter.Wire;

namespace AiFunctions.Gateway.Tests.OutputFilter;

/// <summary>Runs texts and answers through filters.</summary>
internal static class Filtered
{
    public static readonly FilterPolicy Policy = With();

    public static FilterPolicy With(params (string Category, string Action)[] actions) => With([], actions);

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
        }

        filter.Complete(output);
        return (output.Written.ToString(), filter.Counts.ToHeader(), filter.IsBlocked);
    }

    public static string Json(string json, FilterPolicy? policy = null)
    {
        var output = new ArrayBufferWriter<byte>();
        new ChatOutputFilter(policy ?? Policy).FilterJson(Encoding.UTF8.GetBytes(json), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Events(IEnumerable<string> events, FilterPolicy? policy = null) => Events(new ChatOutputFilter(policy ?? Policy), events);

    public static string Events(ChatOutputFilter filter, IEnumerable<string> events)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var each in events)
        {
            filter.WriteEvent(Encoding.UTF8.GetBytes(each), output);
        }

        filter.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
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
