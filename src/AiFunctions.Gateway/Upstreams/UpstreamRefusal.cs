using System.Net;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>An upstream's answer that is no success, as far as it can be understood. Its text goes no further than here.</summary>
internal sealed class UpstreamRefusal
{
    /// <summary>How much of such an answer is read, in bytes.</summary>
    public const int Longest = 64 * 1024;

    private const int LongestWord = 100;

    private readonly string _text;

    /// <summary>Reads one.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="retryAfter">When to try again; null when it does not say.</param>
    /// <param name="body">The body, or its beginning.</param>
    public UpstreamRefusal(HttpStatusCode status, TimeSpan? retryAfter, ReadOnlySpan<byte> body)
    {
        Status = status;
        RetryAfter = retryAfter;
        _text = Encoding.UTF8.GetString(body);
        try
        {
            using var document = JsonDocument.Parse(body.ToArray());
            Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A page of a proxy, or half an answer.
        }
    }

    public HttpStatusCode Status { get; }

    /// <summary>When to try again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The code that it gives; null when there is none that is a word.</summary>
    public string? Code { get; private set; }

    /// <summary>The field that it names as the one at fault; null when it names none.</summary>
    public string? Param { get; private set; }

    /// <summary>Whether its text has a word.</summary>
    public bool Mentions(string word) => _text.Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it speaks of a field as the one at fault.</summary>
    public bool Dislikes(string field) => Param is null ? Mentions(field) : Param == field || Param.StartsWith(field + ".", StringComparison.Ordinal);

    private void Read(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Array && body.GetArrayLength() > 0)
        {
            body = body[0]; // as Google's servers do
        }

        if (body.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var error = body.TryGetProperty("error"u8, out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : body;
        Code = Word(error, "code") ?? Word(error, "type");
        Param = Word(error, "param");
        if (error.TryGetProperty("innererror"u8, out var cause) && cause.ValueKind == JsonValueKind.Object && Word(cause, "code") == "ResponsibleAIPolicyViolation")
        {
            Code = "content_filter";
        }

        // FastAPI's form: a list of faults, each with the way to its field.
        if (body.TryGetProperty("detail"u8, out var detail) && detail.ValueKind == JsonValueKind.Array && detail.GetArrayLength() > 0
            && detail[0].ValueKind == JsonValueKind.Object && detail[0].TryGetProperty("loc"u8, out var place) && place.ValueKind == JsonValueKind.Array)
        {
            var way = place.EnumerateArray().Select(step => step.ToString()).Where(step => step != "body");
            Param = string.Join('.', way) is { Length: > 0 and <= LongestWord } path ? path : null;
        }
    }

    private static string? Word(JsonElement value, string name) =>
        value.TryGetProperty(name, out var word) && word.ValueKind == JsonValueKind.String && word.GetString() is { Length: > 0 and <= LongestWord } text ? text : null;
}
