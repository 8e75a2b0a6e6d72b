using System.Text;
using System.Text.Json;

namespace AiFunctions.TestHosts;

/// <summary>A request as the upstream got it.</summary>
internal sealed record StubRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body's model, if it is JSON and has one.</summary>
    public string? Model { get; } = ReadModel(Body);

    private static string? ReadModel(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body).TryGetProperty("model", out var model) ? model.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
